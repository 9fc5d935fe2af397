// SPDX-License-Identifier: GPL-2.0-or-later
// Writes annotations (JSON, from read_annotations.py) with GitHub's own @actions/core: node write_annotations.js NODE FILE
'use strict';
const path = require('path');
const { issueCommand } = require(path.join(process.argv[2], 'node_modules/@actions/core/lib/command.js'));
for (const a of JSON.parse(require('fs').readFileSync(process.argv[3])))
    issueCommand(a.command, a.properties, a.message);
