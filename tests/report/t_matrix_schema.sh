#!/bin/bash
# The JSON of a matrix must be what docs/matrix.schema.json says, the reports in it what docs/report.schema.json says, and
# the schema must refuse what is not.
set -u

if ! python3 -c 'import jsonschema' 2>/dev/null; then
    echo '1..0 # SKIP python3-jsonschema is not installed'
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

[ ! -x "$BUILD/unit/test_matrix" ] || REPORT_SAMPLES=$dir "$BUILD/unit/test_matrix" >/dev/null 2>&1
"$HVMBED" run -q -f json --handoff hvm -l hvm-1g -l pvh-1g "$BUILD"/roms/{good,exec-null-call}.fd >"$dir/run.json"
"$HVMBED" run -q -f json --handoff hvm -l hvm-1g --reports "$dir/own" -o "$dir/files.json" "$BUILD/roms/good.fd"

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SRC/tests/report \
    python3 - "$SRC/docs/matrix.schema.json" "$SRC/docs/report.schema.json" "$dir" <<'PYTHON'
import glob, json, os, sys, warnings
warnings.simplefilter("ignore")
import jsonschema
from strict import done, test, test_schema, test_strict, test_valid

schema, report = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
test_schema(schema)
resolver = jsonschema.RefResolver("", schema, store={"report.schema.json": report})
validator = jsonschema.Draft202012Validator(schema, resolver=resolver)

paths = sorted(glob.glob(os.path.join(sys.argv[3], "*.json")))
test("there are matrices", [os.path.basename(p) for p in paths] == ["files.json", "matrix-kinds.json", "run.json"])
for path in paths:
    test_valid(os.path.basename(path), validator, json.load(open(path)))

run = json.load(open(os.path.join(sys.argv[3], "run.json")))
own = [c["report"] for c in run["cases"]]
test("a case that was booted has its report", [r is not None for r in own] == [True, True, False, False])
files = json.load(open(os.path.join(sys.argv[3], "files.json")))["cases"]
test("or names its file", files[0]["report"] is None and
     json.load(open(os.path.join(sys.argv[3], "own", files[0]["file"]))) == own[0])

# The reports' own keys are t_schema.sh's.
test_strict(validator, json.load(open(os.path.join(sys.argv[3], "matrix-kinds.json"))))
done()
PYTHON
