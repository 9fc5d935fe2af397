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

python3 - "$SRC/docs/matrix.schema.json" "$SRC/docs/report.schema.json" "$dir" <<'PYTHON'
import copy, glob, json, os, sys, warnings
warnings.simplefilter("ignore")
import jsonschema

schema, report = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
tests = []
def test(name, ok, why=""):
    tests.append(ok)
    print("%s %d - %s" % ("ok" if ok else "not ok", len(tests), name))
    if why:
        print("# " + why.replace("\n", "\n# "))

try:
    jsonschema.Draft202012Validator.check_schema(schema)
    test("the schema is one", True)
except jsonschema.SchemaError as e:
    test("the schema is one", False, e.message)
resolver = jsonschema.RefResolver("", schema, store={"report.schema.json": report})
validator = jsonschema.Draft202012Validator(schema, resolver=resolver)

paths = sorted(glob.glob(os.path.join(sys.argv[3], "*.json")))
test("there are matrices", [os.path.basename(p) for p in paths] == ["files.json", "matrix-kinds.json", "run.json"])
for path in paths:
    errors = ["%s: %s" % (list(e.absolute_path), e.message) for e in validator.iter_errors(json.load(open(path)))]
    test(os.path.basename(path), not errors, "\n".join(errors[:5]))

run = json.load(open(os.path.join(sys.argv[3], "run.json")))
own = [c["report"] for c in run["cases"]]
test("a case that was booted has its report", [r is not None for r in own] == [True, True, False, False])
files = json.load(open(os.path.join(sys.argv[3], "files.json")))["cases"]
test("or names its file", files[0]["report"] is None and
     json.load(open(os.path.join(sys.argv[3], "own", files[0]["file"]))) == own[0])

# Every key is needed and no other is let in; the reports' own are t_schema.sh's.
def objects(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)

full = json.load(open(os.path.join(sys.argv[3], "matrix-kinds.json")))
accepted = []
for i, original in enumerate(list(objects(full))):
    for key in list(original) + [None]:
        damaged = copy.deepcopy(full)
        target = list(objects(damaged))[i]
        if key is None:
            target["surprise"] = 1
        else:
            del target[key]
        if validator.is_valid(damaged):
            accepted.append(str(key))
test("missing and unknown keys are refused", not accepted, ", ".join(accepted[:5]))
print("1..%d" % len(tests))
sys.exit(0 if all(tests) else 1)
PYTHON
