# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks SARIF against OASIS' schema, and what the schema cannot say: that indices lead to what they should, and what
GitHub's code scanning wants (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/
sarif-support-for-code-scanning): read_sarif.py SCHEMA RULES FILE... where RULES is what `hvmbed rules` prints."""
import json, sys
from urllib.parse import urlsplit
import jsonschema

schema = json.load(open(sys.argv[1]))
rules = [line.split()[:2] for line in open(sys.argv[2])]
validator = jsonschema.Draft4Validator(schema)

def fail(where, what):
    sys.exit("%s: %s" % (where, what))

def objects(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)

def check_uri(where, uri):
    parts = urlsplit(uri)
    if parts.scheme or parts.netloc or uri.startswith("/") or ".." in uri.split("/"):
        fail(where, "not below the tree: " + uri)
    if not all(c.isascii() and (c.isalnum() or c in "-._~/%") for c in uri):
        fail(where, "not escaped: " + uri)

def check_result(where, run, r):
    rule = run["tool"]["driver"]["rules"][r["ruleIndex"]]
    if rule["id"] != r["ruleId"]:
        fail(where, "ruleIndex of %s leads to %s" % (r["ruleId"], rule["id"]))
    if r["level"] not in ("note", "warning", "error") or len(r["locations"]) != 1 or r["occurrenceCount"] < 1:
        fail(where, "result")
    if run["artifacts"][r["analysisTarget"]["index"]]["location"]["uri"] != r["analysisTarget"]["uri"]:
        fail(where, "analysisTarget")
    for o in objects(r):
        place = o.get("physicalLocation")
        if place is None:
            continue
        # What code scanning does not show without.
        if "artifactLocation" not in place or place["region"]["startLine"] < 1:
            fail(where, "a place that cannot be shown")
        at = place["artifactLocation"]
        check_uri(where, at["uri"])
        if ("index" in at) == ("uriBaseId" in at):
            fail(where, "neither in the image nor in the tree")
        if "index" in at and run["artifacts"][at["index"]]["location"]["uri"] != at["uri"]:
            fail(where, "artifact index")
    if not r["partialFingerprints"]["primaryLocationLineHash"]:
        fail(where, "no fingerprint")

def check(path):
    log = json.load(open(path))
    for e in validator.iter_errors(log):
        fail(path, "%s: %s" % (list(e.absolute_path), e.message[:300]))
    (run,) = log["runs"]
    known = [[r["id"], r["defaultConfiguration"]["level"]] for r in run["tool"]["driver"]["rules"]]
    if known != rules:
        fail(path, "not the rules that `hvmbed rules` prints")
    for r in run["tool"]["driver"]["rules"]:
        # GitHub's limits; and the texts that it shows.
        if not 0 < len(r["shortDescription"]["text"]) <= 1024 or not 0 < len(r["fullDescription"]["text"]) <= 1024 \
                or not r["help"]["text"] or not r["help"]["markdown"] or len(r["name"]) > 255:
            fail(path, "rule " + r["id"])
    for a in run["artifacts"]:
        if len(a["hashes"]["sha-256"]) != 64:
            fail(path, "hash")
    (how,) = run["invocations"]
    if how["executionSuccessful"] != (how["exitCode"] in (0, 1)):
        fail(path, "executionSuccessful")
    for r in run["results"]:
        check_result(path, run, r)
    prints = [(r["ruleId"], r["partialFingerprints"]["primaryLocationLineHash"]) for r in run["results"]]
    if len(set(prints)) != len(prints):
        fail(path, "two results with one fingerprint")

for path in sys.argv[3:]:
    check(path)
