// SPDX-License-Identifier: GPL-2.0-or-later
// CycloneDX's own reader: node check_sbom.js NODE_MODULES FILE; exit 1 and the errors when it is no valid bill of materials.
const path = require('path')
const fs = require('fs')
const cdx = require(path.resolve(process.argv[2], '@cyclonedx/cyclonedx-library'))
const text = fs.readFileSync(process.argv[3], 'utf8')
const version = JSON.parse(text).specVersion
new cdx.Validation.JsonStrictValidator(version).validate(text).then(errors => {
    if (errors === null) {
        console.log('valid, CycloneDX ' + version)
    } else {
        console.log(JSON.stringify(errors, null, 1).slice(0, 4000))
        process.exitCode = 1
    }
}, e => { console.log(String(e)); process.exitCode = 2 })
