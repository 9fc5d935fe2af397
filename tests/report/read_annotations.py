# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads annotations as GitHub's runner does (its ActionCommand, second form), and prints them as JSON.
A line that the runner would not take for an annotation is an error, and so is a file that is no place in a tree."""
import json, sys

def unescape(text, properties):
    # (In the runner's order: what was a percent sign is taken back last.)
    for code, char in [("%0D", "\r"), ("%0A", "\n")] + ([("%3A", ":"), ("%2C", ",")] if properties else []) + [("%25", "%")]:
        text = text.replace(code, char)
    return text

def read(line):
    if not line.startswith("::"):
        raise ValueError("no command: " + line)
    end = line.index("::", 2)
    head, message = line[2:end], line[end + 2:]
    command, _, rest = head.partition(" ")
    if command not in ("error", "warning", "notice"):
        raise ValueError("another command: " + command)
    properties = {}
    for pair in rest.split(","):
        key, equals, value = pair.partition("=")
        if not equals or key not in ("file", "line", "title") or key in properties:
            raise ValueError("property: " + pair)
        properties[key] = unescape(value, True)
    if ("file" in properties) != ("line" in properties) or not properties.get("title"):
        raise ValueError("properties: " + rest)
    if "file" in properties:
        if properties["file"].startswith("/") or int(properties["line"]) < 1:
            raise ValueError("place: " + rest)
    message = unescape(message, False)
    if not message:
        raise ValueError("no message")
    return {"command": command, "properties": properties, "message": message}

data = open(sys.argv[1], "rb").read()
lines = data.decode("ascii").split("\n")
if lines.pop() != "" or any("\r" in line for line in lines):
    sys.exit("not whole lines")
json.dump([read(line) for line in lines], sys.stdout, indent=1)
