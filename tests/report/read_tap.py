# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads TAP with tap.py, YAML with PyYAML, and prints the top level as JSON."""
import json, sys
import tap.parser

points, plan, version = [], None, None
for line in tap.parser.Parser().parse_file(sys.argv[1]):
    if line.category == "test":
        points.append({"ok": line.ok, "number": line.number, "skip": line.skip, "description": line.description,
                       "yaml": line.yaml_block})
    elif line.category == "plan":
        plan = line.expected_tests
    elif line.category == "version":
        version = line.version
    elif line.category == "bail":
        sys.exit("bail out")
if version != 14 or plan != len(points) or [p["number"] for p in points] != list(range(1, plan + 1)):
    sys.exit("version %s, plan %s, %d points" % (version, plan, len(points)))
for p in points:
    if not p["skip"] and not isinstance(p["yaml"], dict):
        sys.exit("point %d has no diagnostics" % p["number"])
json.dump(points, sys.stdout)
