#!/bin/bash
# Every report must be what docs/report.schema.json says: those that the unit test makes (each rule, ending and optional
# part) and those of real runs, where there is firmware. And the schema must refuse reports that are not.
set -u

if ! python3 -c 'import jsonschema' 2>/dev/null; then
    echo '1..0 # SKIP python3-jsonschema is not installed'
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

[ ! -x "$BUILD/unit/test_report" ] || REPORT_SAMPLES=$dir "$BUILD/unit/test_report" >/dev/null 2>&1
n=0
for image in "$FIRMWARE_DIR"/OVMF.fd "$FIRMWARE_DIR"/ovmfxen/RELEASE/OVMF.fd; do
    [ -e "$image" ] || continue
    n=$((n + 1))
    "$HVMBED" run --format json "$image" >"$dir/run-$n.json" 2>/dev/null
done

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SRC/tests/report python3 - "$SRC/docs/report.schema.json" "$dir" <<'PYTHON'
import glob, json, os, sys
import jsonschema
from strict import done, test, test_schema, test_strict, test_valid

schema = json.load(open(sys.argv[1]))
test_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

paths = sorted(glob.glob(os.path.join(sys.argv[2], "*.json")))
test("there are reports", len(paths) > 0)
for path in paths:
    name = os.path.basename(path)
    try:
        report = json.load(open(path))
    except ValueError as e:
        test(name, False, str(e))
        continue
    test_valid(name, validator, report)

for full in [json.load(open(p)) for p in paths if "failed" in p or "handed" in p]:
    test_strict(validator, full)
done()
PYTHON
