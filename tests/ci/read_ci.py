# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in the files for CI services, for t_ci.sh:
  run FILE ID          the script of the action's step (its place, from 0)
  script FILE KEY      the commands of GitLab's job, before_script or script
  merged FILE          the template and a job that extends it, as one JSON (GitLab's own merge of `extends`)
  inputs FILE          the action's inputs, and the ones that its steps use
  blocks FILE LANGUAGE the fenced blocks of a page, NUL-terminated"""
import json, re, sys
import yaml

def load(path):
    return yaml.safe_load(open(path))

what, path, *rest = sys.argv[1:]
if what == "run":
    sys.stdout.write(load(path)["runs"]["steps"][int(rest[0])]["run"])
elif what == "script":
    print("\n".join(load(path)[".hvmbed"][rest[0]]))
elif what == "merged":
    template = load(path)[".hvmbed"]
    job = dict(template, variables=dict(template["variables"], HVMBED_FIRMWARE="Build/*/OVMF.fd"))
    json.dump({".hvmbed": template, "hvmbed": job}, sys.stdout)
elif what == "inputs":
    action = load(path)
    used = set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", open(path).read()))
    print("\n".join(sorted(set(action["inputs"]) ^ used)))
elif what == "blocks":
    for block in re.findall(r"^```%s\n(.*?)^```$" % rest[0], open(path).read(), re.S | re.M):
        sys.stdout.write(block + "\0")
