# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks a code quality report against GitLab's documentation (https://docs.gitlab.com/ci/testing/code_quality/, "Code
Quality report format"): no package ships a schema of it. Stricter than that: no key but those that are documented."""
import json, sys

def fail(what):
    sys.exit(what)

def check(issue):
    keys = {"type", "description", "check_name", "fingerprint", "severity", "location"}
    if set(issue) != keys:
        fail("keys: %s" % sorted(issue))
    for key in keys - {"location"}:
        if not isinstance(issue[key], str) or not issue[key]:
            fail("%s: %r" % (key, issue[key]))
    if issue["type"] != "issue" or issue["severity"] not in ("info", "minor", "major", "critical", "blocker"):
        fail("severity: %(type)r %(severity)r" % issue)
    where = issue["location"]
    if set(where) != {"path", "lines"} or set(where["lines"]) != {"begin"}:
        fail("location: %r" % where)
    if type(where["lines"]["begin"]) is not int or where["lines"]["begin"] < 1:
        fail("line: %r" % where)
    # "The file path is relative to the repository and doesn't start with ./"
    if not where["path"] or where["path"].startswith(("/", "./", "../")):
        fail("path: %r" % where)

report = open(sys.argv[1], "rb").read()
if report.startswith(b"\xef\xbb\xbf"):
    fail("a byte order mark") # GitLab refuses it
issues = json.loads(report)
if not isinstance(issues, list):
    fail("not an array")
for issue in issues:
    check(issue)
prints = [i["fingerprint"] for i in issues]
if len(set(prints)) != len(prints):
    fail("two issues with one fingerprint")
