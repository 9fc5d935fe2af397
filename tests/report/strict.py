# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of JSON schemas share: TAP lines, and whether a schema refuses what it should."""
import copy, sys
import jsonschema

results = []

def test(name, ok, why=""):
    results.append(ok)
    print("%s %d - %s" % ("ok" if ok else "not ok", len(results), name))
    if why:
        print("# " + why.replace("\n", "\n# "))

def done():
    print("1..%d" % len(results))
    sys.exit(0 if all(results) else 1)

def test_schema(schema):
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
        test("the schema is one", True)
    except jsonschema.SchemaError as e:
        test("the schema is one", False, e.message)

def test_valid(name, validator, document):
    errors = ["%s: %s" % (list(e.absolute_path), e.message) for e in validator.iter_errors(document)]
    test(name, not errors, "\n".join(errors[:5]))

def objects(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)

def test_strict(validator, full):
    """Every key is needed and no other is let in, at each place of @full."""
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
