#!/bin/bash
# What `hvmbed diff -f json` writes must be what docs/diff.schema.json says, and it must refuse what that is not.
set -u

if ! python3 -c 'import jsonschema' 2>/dev/null; then
    echo '1..0 # SKIP python3-jsonschema is not installed'
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

"$HVMBED" diff -q -f json --handoff hvm -l hvm-1g -l pvh-1g -o "$dir/diff.json" "$BUILD"/roms/{good,write-reserved-console}.fd
"$HVMBED" diff -q -f json --handoff hvm -l hvm-1g -o "$dir/same.json" "$BUILD"/roms/{good,good}.fd

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SRC/tests/report python3 - "$SRC/docs/diff.schema.json" "$dir" <<'PYTHON'
import json, os, sys
import jsonschema
from strict import done, test, test_schema, test_strict, test_valid

schema = json.load(open(sys.argv[1]))
test_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in ("diff.json", "same.json"):
    test_valid(name, validator, json.load(open(os.path.join(sys.argv[2], name))))
full = json.load(open(os.path.join(sys.argv[2], "diff.json")))
for section in full["cases"][0]["sections"].values():
    del section["differs"][1:]
test_strict(validator, full)
done()
PYTHON
