#!/bin/bash
# Case files must be what docs/case.schema.json says, and it must refuse what they are not.
set -u

if ! python3 -c 'import jsonschema' 2>/dev/null; then
    echo '1..0 # SKIP python3-jsonschema is not installed'
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

[ ! -x "$BUILD/unit/test_replay" ] || REPORT_SAMPLES=$dir "$BUILD/unit/test_replay" >/dev/null 2>&1
for rom in good exec-null-call; do
    "$HVMBED" run -q --handoff hvm --save-case "$dir/$rom.json" "$BUILD/roms/$rom.fd" >/dev/null 2>&1
done

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SRC/tests/report python3 - "$SRC/docs/case.schema.json" "$dir" <<'PYTHON'
import glob, json, os, sys
import jsonschema
from strict import done, test, test_schema, test_strict, test_valid

schema = json.load(open(sys.argv[1]))
test_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
paths = sorted(glob.glob(os.path.join(sys.argv[2], "*.json")))
test("there are cases", [os.path.basename(p) for p in paths] == ["exec-null-call.json", "full.json", "good.json"])
for path in paths:
    test_valid(os.path.basename(path), validator, json.load(open(path)))

# What names rules has keys of its own, so a surprise there is refused for its value alone.
full = json.load(open(os.path.join(sys.argv[2], "full.json")))
full["options"]["severities"] = {"read-null": "worse"}
test("a severity is one", not validator.is_valid(full))
full["options"]["severities"] = {"read-null": "note"}
test("and may be", validator.is_valid(full))
class Free:
    def is_valid(self, d):
        return validator.is_valid(d) and "surprise" not in d["options"]["severities"]
test_strict(Free(), json.load(open(os.path.join(sys.argv[2], "exec-null-call.json"))))
done()
PYTHON
