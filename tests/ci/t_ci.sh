#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is there for others' CI: the action, GitLab's template, the container. Their files are checked against the services'
# schemas, and their own commands are run, with stand-ins for what installs, fetches and builds.
. "$SRC/tests/tap.sh"
export PYTHONDONTWRITEBYTECODE=1
action=$SRC/.github/actions/hvmbed/action.yml
template=$SRC/.ci/gitlab.yml
for python in python3 /usr/bin/python3 ''; do
    [ -n "$python" ] || skip_all "python3-yaml is not installed"
    "$python" -c 'import yaml' 2>/dev/null && break
done
read_ci() { "$python" "$SRC/tests/ci/read_ci.py" "$@"; }

# --- schemas
validator=$SCHEMAS/node/node_modules/.bin/action-validator
mkdir -p "$T/.github/workflows"
read_ci blocks "$SRC/docs/ci.md" yaml >"$T/blocks"
n=0 gitlab_blocks=()
while IFS= read -r -d '' block; do
    n=$((n + 1))
    case $block in
        *runs-on:*) printf '%s' "$block" >"$T/.github/workflows/$n.yml" ;;
        *) printf '%s' "$block" >"$T/gitlab-$n.yml"; gitlab_blocks+=("$T/gitlab-$n.yml") ;;
    esac
done <"$T/blocks"
workflows=("$T"/.github/workflows/*.yml)
ok "docs/ci.md has a workflow and a pipeline" [ -e "${workflows[0]}" -a "${#gitlab_blocks[@]}" != 0 ]
if [ -e "$validator" ]; then
    ok "the action: GitHub's schema" "$validator" "$action"
    for w in "${workflows[@]}"; do ok "docs/ci.md: a workflow" "$validator" "$w"; done
    refused() { sed 's/using: composite/using: compost/' "$action" >"$T/action.yml" && ! "$validator" "$T/action.yml"; }
    ok "and what is none is refused" refused
else
    skip "the action: GitHub's schema" "action-validator was not fetched (offline, or no npm)"
fi
no_unused() { [ -z "$(read_ci inputs "$action")" ]; }
ok "the action uses all its inputs, and no others" no_unused
if [ -e "$SCHEMAS/gitlab-ci.json" ] && "$python" -c 'import jsonschema' 2>/dev/null; then
    valid() { # JSON
        "$python" -c 'import json, sys, jsonschema
jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))' "$SCHEMAS/gitlab-ci.json" "$1"
    }
    read_ci merged "$template" >"$T/merged.json"
    ok "the template: GitLab's schema" valid "$T/merged.json"
    for b in "${gitlab_blocks[@]}"; do
        "$python" -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' <"$b" >"$b.json"
        ok "docs/ci.md: a pipeline" valid "$b.json"
    done
    jq '.hvmbed.artifacts.when = "sometimes"' "$T/merged.json" >"$T/bad.json"
    refused() { ! valid "$T/bad.json"; }
    ok "and what is none is refused" refused
else
    skip "the template: GitLab's schema" "not fetched (offline, or no npm), or python3-jsonschema is missing"
fi
if command -v shellcheck >/dev/null; then
    for step in 0 1; do read_ci run "$action" $step >"$T/step$step.sh"; done
    read_ci script "$template" before_script >"$T/before.sh"
    read_ci script "$template" script >"$T/script.sh"
    ok "shellcheck" shellcheck -s bash "$SRC/.ci/check" "$T"/{step0,step1,before,script}.sh
else
    skip "shellcheck" "it is not installed"
fi

# --- commands. A tree as it is after `make`, and programs that only say how they were called.
tree=$T/tree
mkdir -p "$tree/build" "$tree/.github/actions" "$T/bin" "$T/work/Build/FV"
ln -s "$SRC/.ci" "$tree/.ci"
ln -s "$HVMBED" "$tree/build/hvmbed"
mkdir "$tree/.github/actions/hvmbed"
for program in apt-get make git; do
    printf '#!/bin/sh\necho "%s $*" >>"$CALLS"\n' $program >"$T/bin/$program"
    chmod +x "$T/bin/$program"
done
cp "$BUILD/roms/good.fd" "$BUILD/roms/exec-null-call.fd" "$T/work/Build/FV"
cd "$T/work" || exit 1
export CALLS=$T/calls PATH=$T/bin:$PATH

step() { # N: as the runner does
    GITHUB_ACTION_PATH=$tree/.github/actions/hvmbed GITHUB_OUTPUT=$T/output GITHUB_STEP_SUMMARY=$T/summary \
        bash --noprofile --norc -e -o pipefail <(read_ci run "$action" "$1") >"$T/log" 2>"$T/err"
}
export HVMBED_LAYOUTS='
  hvm-1g
pvh-1g
' HVMBED_ARGUMENTS=$'--handoff\nhvm' HVMBED_SYMBOLS='' HVMBED_ROOT='' HVMBED_OUTPUT=out HVMBED_FAIL=true
if grep -qs '^ID=debian$' /etc/os-release; then
    : >"$CALLS"
    ok "action: builds" step 0
    ok "and what it asks make for is there" grep -q ' all firmware$' "$CALLS"
    targets() { for t in $(sed -n 's/^make -C [^ ]* //p' "$CALLS"); do grep -q "^$t:" "$SRC/Makefile" || return 1; done; }
    ok "as targets" targets
else
    skip "action: builds" "this is not Debian"
fi
HVMBED_FIRMWARE='Build/FV/*.fd' step 1
ok "action: a finding fails the step" [ $? = 1 ]
ok "the log quotes the report while the runner obeys nothing" awk '
    /^::stop-commands::/ { token = substr($0, 18); quiet = 1; next }
    $0 == "::" token "::" { quiet = 0; shown = 1; next }
    /^::/ && quiet { exit 1 }
    /^::error / && shown { errors++ }
    END { exit !(errors == 1 && length(token) == 32) }' "$T/log"
ok "outputs lead to reports" eval '[ "$(sed -n s/^exit-code=//p "$T/output")" = 1 ] &&
    [ -s "$(sed -n s/^sarif=//p "$T/output")" ] && [ -s "$(sed -n s/^junit=//p "$T/output")" ]'
ok "and the job has a summary" grep -q '^    FAIL  2 layouts, 2 images' "$T/summary"
HVMBED_FIRMWARE='Build/FV/*.fd' HVMBED_FAIL=false step 1
ok "action: or does not, if so wished" [ $? = 0 ]
HVMBED_FIRMWARE=Build/FV/good.fd step 1
ok "action: clean" [ $? = 0 ]
says() { # CODE WANTED TEXT
    [ "$1" = "$2" ] && grep -qF "$3" "$T/err"
}
HVMBED_FIRMWARE=Build/none/OVMF.fd HVMBED_FAIL=false step 1
ok "action: what is not there is named" says $? 2 Build/none/OVMF.fd
ok "and leaves no reports of an earlier run" [ ! -e out/junit.xml ]
HVMBED_FIRMWARE='' step 1
ok "action: no firmware" says $? 2 "no firmware is named"

mkdir -p "$T/work.hvmbed/build"
ln -s "$SRC/.ci" "$T/work.hvmbed/.ci"
ln -s "$HVMBED" "$T/work.hvmbed/build/hvmbed"
job() { # KEY
    CI_PROJECT_DIR=$T/work HVMBED_FIRMWARE='Build/FV/*.fd' HVMBED_OUTPUT=hvmbed-reports HVMBED_REPOSITORY=repo HVMBED_REF=main \
        bash -e <(read_ci script "$template" "$1") >"$T/log" 2>&1
}
: >"$CALLS"
ok "GitLab: builds" job before_script
ok "GitLab: clones what it is told" grep -qxF "git clone --quiet --depth 1 --branch main repo $T/work.hvmbed" "$CALLS"
job script
ok "GitLab: a finding fails the job" [ $? = 1 ]
artifacts() {
    local f
    for f in $(jq -r '.hvmbed.artifacts | .paths[], .reports[]' "$T/merged.json"); do [ -e "$T/work/$f" ] || return 1; done
}
read_ci merged "$template" >"$T/merged.json"
ok "GitLab: its artifacts are there" artifacts

# --- the container: what it copies and calls exists (there is no engine here to build it with)
container() {
    local word
    for word in $(sed -n 's|^RUN make -C /src \(.*\)|\1|p' "$SRC/.ci/Containerfile"); do
        case $word in
            *=*) grep -q "\$[({]${word%%=*}[)}]\|^${word%%=*} " "$SRC/Makefile" || return 1 ;;
            *) grep -q "^$word:" "$SRC/Makefile" || return 1 ;;
        esac
    done
    ! grep -vE '^(#.*|ARG|FROM|RUN|COPY|WORKDIR|ENTRYPOINT|)( |$)' "$SRC/.ci/Containerfile"
}
ok "Containerfile: instructions, and targets that there are" container
done_testing
