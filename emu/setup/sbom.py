#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A software bill of materials, CycloneDX 1.6 in JSON: sbom.py PROGRAM LIBRARY BUILD FIRMWARE_DIR

What hvmbed is linked with (each library's file, Debian package, version, licences), what of others' is compiled in, and what set-up
fetched to build, run and test it. On standard output; the same input gives the same bytes, and SOURCE_DATE_EPOCH a time stamp.
"""
import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "..", "..")
# Whose headers are compiled in: Xen's public interface.
HEADERS = ("libxen-dev",)

# Debian's names of licences (DEP-5) that SPDX has other names for.
SPDX = {
    "apache-2.0": "Apache-2.0", "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause", "bsd-4-clause": "BSD-4-Clause",
    "expat": "MIT", "mit": "MIT", "isc": "ISC", "zlib": "Zlib", "0bsd": "0BSD", "cc0-1.0": "CC0-1.0",
    "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only", "gpl-3+": "GPL-3.0-or-later",
    "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.1": "LGPL-2.1-only", "lgpl-2.1+": "LGPL-2.1-or-later",
    "lgpl-3": "LGPL-3.0-only", "lgpl-3+": "LGPL-3.0-or-later", "gfdl-1.3+": "GFDL-1.3-or-later", "beerware": "Beerware",
}


def output(*command):
    env = dict(os.environ, LC_ALL="C")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, check=False, text=True)
    return done.stdout if done.returncode == 0 else ""


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def hashes(**sums):
    names = {"sha256": "SHA-256", "sha512": "SHA-512"}
    return [{"alg": names[name], "content": value} for name, value in sums.items()]


def licences(copyright_file):
    """As DEP-5 files name them, a name once; a file in free form is pointed at."""
    try:
        with open(copyright_file, encoding="utf-8", errors="replace") as f:
            text = f.read()
    except OSError:
        return []
    names = []
    if re.search(r"^Format: ", text, re.M):
        for line in re.findall(r"^License: *(.+)$", text, re.M):
            for name in re.split(r"\s+(?:and|or|and/or)\s+|, ", line.strip()):
                name = re.sub(r"\s+with\s.*", "", name).strip(" ,()")
                if name and name not in names:
                    names.append(name)
    out = []
    for name in names:
        known = SPDX.get(name.lower())
        entry = {"license": {"id": known} if known else {"name": name}}
        if entry not in out:
            out.append(entry)
    return out or [{"license": {"name": "see " + re.sub(r".*(/usr/share/doc/)", r"\1", copyright_file)}}]


def os_release():
    with open("/etc/os-release", encoding="utf-8") as f:
        return dict(line.rstrip().replace('"', "").split("=", 1) for line in f if "=" in line)


RELEASE = os_release()


def deb_purl(name, version, arch=""):
    """Of Debian's packages; those of a derived distribution are under its own name."""
    return f"pkg:deb/{RELEASE.get('ID', 'debian')}/{name}@{quote(version, safe='~.-')}" + (f"?arch={arch}" if arch else "")


def npm_purl(name, version):
    return f"pkg:npm/{name.replace('@', '%40')}@{version}"


def prop(**values):
    return [{"name": "hvmbed:" + key, "value": value} for key, value in values.items()]


def component(name, version, role, **more):
    fixed = {"type": more.pop("type", "library"), "bom-ref": more.pop("ref", f"{role}:{name}"), "name": name, "version": version}
    properties = prop(role=role) + more.pop("props", [])
    return fixed | {key: value for key, value in more.items() if value} | {"properties": properties}


def installed(package):
    found = output("dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\t${source:Package}\n", package)
    return found.splitlines()[0].split("\t") if found else None


def other_names(path):
    """With a merged /usr the package may know it by another one."""
    real = os.path.realpath(path)
    return [path, real, re.sub(r"^/usr(/lib)", r"\1", real)]


def owners(paths):
    """The package that each file belongs to, where one does. One question for all: each costs dpkg as much."""
    names = sorted({name for path in paths for name in other_names(path)})
    env = dict(os.environ, LC_ALL="C")
    told = subprocess.run(["dpkg", "-S", *names], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, check=False, text=True)
    known = {}
    for line in told.stdout.splitlines():
        packages, _, name = line.partition(": ")
        known[name] = packages.split(", ")[0]
    return {path: next((known[name] for name in other_names(path) if name in known), None) for path in paths}


def from_package(package, role, file=None):
    known = installed(package)
    if known is None:
        return None
    name, version, arch, source = known
    where = f"/usr/share/doc/{name}/copyright"
    return component(name, version, role, ref=f"{role}:{name}", licenses=licences(where), purl=deb_purl(name, version, arch),
                     hashes=hashes(sha256=sha256(file)) if file else [],
                     description=f"{os.path.basename(file)} of Debian's source package {source}" if file else "")


def linked(program):
    """All shared libraries that the dynamic linker brings, but itself; None as the file of one that it finds only once installed."""
    found = re.findall(r"^\s*(\S+) => (/\S+|not found)", output("ldd", program), re.M)
    return [(soname, None if path == "not found" else path) for soname, path in found]


def notes(folder):
    """fetched.tsv of a folder: fetched.sh tells."""
    try:
        with open(os.path.join(folder, "fetched.tsv"), encoding="utf-8") as f:
            return [line.rstrip("\n").split("\t") for line in f]
    except OSError:
        return []


def fetched(folder, role, wanted=lambda path: True):
    for path, file_sum, package, version, origin, archive_sum in notes(folder):
        if not wanted(path):
            continue
        purl = npm_purl(package, version) if origin == "npm" else deb_purl(package, version)
        copyright_file = os.path.join(folder, f"usr/share/doc/{package}/copyright")
        yield component(os.path.basename(path), version, role, type="file", ref=f"{role}:{path}", hashes=hashes(sha256=file_sum),
                        purl=purl, licenses=licences(copyright_file) if os.path.exists(copyright_file) else [],
                        scope="excluded" if role == "test" else "", description=f"of the package {package}, from {origin}",
                        props=prop(**{"archive-sha256": archive_sum}))


def npm_packages():
    with open(os.path.join(HERE, "npm/package-lock.json"), encoding="utf-8") as f:
        lock = json.load(f)
    for path, p in sorted(lock["packages"].items()):
        if not path or p.get("optional") or not p.get("integrity", "").startswith("sha512-"):
            continue
        name = path.split("node_modules/")[-1]
        yield component(name, p["version"], "test", ref="npm:" + path, scope="excluded", purl=npm_purl(name, p["version"]),
                        hashes=hashes(sha512=base64.b64decode(p["integrity"][7:]).hex()),
                        licenses=[{"license": {"name": p["license"]}}] if p.get("license") else [])


def version_of_hvmbed():
    with open(os.path.join(SOURCE, "emu/base/version.h"), encoding="utf-8") as f:
        return re.search(r'define HVMBED_VERSION "(.*)"', f.read())[1]


def bill(program, library, build, firmware):
    unicorn = os.path.join(build, "unicorn/root")
    libraries, others = [], []
    found = linked(program)
    packages = owners([path for _, path in found if path])
    for soname, path in found:
        if soname.startswith("libunicorn.") and notes(unicorn):
            libraries += fetched(unicorn, "linked", lambda p: p.endswith(".so.2"))
            continue
        one = from_package(packages[path], "linked", path) if path and packages[path] else None
        one = one or component(soname, "unknown", "linked", hashes=hashes(sha256=sha256(path)) if path else [])
        one["bom-ref"] = "linked:" + soname
        libraries.append(one)
    for package in HEADERS:
        one = from_package(package, "headers")
        if one:
            others.append(one)
    others += fetched(firmware, "firmware")
    others += fetched(os.path.join(firmware, "unpacked"), "firmware")
    ovmf = installed("ovmf")
    if ovmf:
        others.append(from_package("ovmf", "firmware"))
    cache = os.environ.get("HVMBED_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "hvmbed")
    for suite in ("bookworm", "trixie"):
        others += fetched(os.path.join(cache, "ovmfxen/source", suite), "firmware-source")
    others += fetched(os.path.join(build, "schemas"), "test")
    others += npm_packages()
    version = version_of_hvmbed()
    main = {"type": "application", "bom-ref": "hvmbed", "name": "hvmbed", "version": version,
            "licenses": [{"license": {"id": "GPL-2.0-or-later"}}], "hashes": hashes(sha256=sha256(program)),
            "components": [{"type": "library", "bom-ref": "libhvmbed", "name": os.path.basename(library), "version": version,
                            "hashes": hashes(sha256=sha256(library))}]}
    metadata = {"component": main, "properties": prop(distribution=f"{RELEASE.get('ID')} {RELEASE.get('VERSION_ID', '')}".strip())}
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        metadata["timestamp"] = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    refs = [c["bom-ref"] for c in libraries]
    components = sorted(libraries + others, key=lambda c: c["bom-ref"])
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([metadata, components], sort_keys=True))),
        "metadata": metadata, "components": components,
        "dependencies": [{"ref": "hvmbed", "dependsOn": sorted(refs)}, {"ref": "libhvmbed", "dependsOn": sorted(refs)}],
    }


if len(sys.argv) != 5:
    sys.exit(__doc__)
json.dump(bill(*sys.argv[1:]), sys.stdout, indent=2)
print()
