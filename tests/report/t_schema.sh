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

python3 - "$SRC/docs/report.schema.json" "$dir" <<'PYTHON'
import copy, glob, json, os, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
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
    errors = ["%s: %s" % (list(e.absolute_path), e.message) for e in validator.iter_errors(report)]
    test(name, not errors, "\n".join(errors[:5]))

# Every key is needed and no other is let in, at each place of the fullest reports.
def objects(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)

for full in [json.load(open(p)) for p in paths if "failed" in p or "handed" in p]:
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
