// SPDX-License-Identifier: GPL-2.0-or-later
// Reads TAP 14 with tap-parser, subtests and all: node read_tap.js NODE FILE. Fails when a line is none of TAP's.
'use strict';
const path = require('path');
import(path.join(process.argv[2], 'node_modules/tap-parser/dist/esm/index.js')).then(({ Parser }) => {
    let extra = [], inner = 0, undiagnosed = 0;
    const watch = parser => {
        parser.on('extra', line => extra.push(line));
        parser.on('child', child => { watch(child); child.on('assert', a => { inner++; if (!a.diag) undiagnosed++; }); });
    };
    const parser = new Parser(result => {
        if (extra.length || undiagnosed || result.tapError || result.failures.some(f => f.tapError)) {
            console.error(JSON.stringify({ extra, undiagnosed, result }, null, 1));
            process.exit(1);
        }
        console.log(JSON.stringify({ count: result.count, fail: result.fail, skip: result.skip, inner }));
    });
    watch(parser);
    parser.end(require('fs').readFileSync(process.argv[3], 'utf8'));
});
