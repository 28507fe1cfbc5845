#!/bin/sh
# Make a virtual environment with the pinned packages and lstm_lib, or leave it alone if it is up to date.
#
#   sh tools/setup.sh                                             .venv from requirements.txt
#   sh tools/setup.sh _build/bench benchmarks/requirements.txt    the same pins as limits, these packages
#
# The environment holds a copy of what it was made from (its stamp). When that differs, or its Python is
# gone, it is made anew; an environment that already holds every pinned version is only stamped.
set -eu
cd "$(dirname "$0")/.."

venv=${1:-.venv}
packages=${2:-requirements.txt}
limits=
[ "$packages" = requirements.txt ] || limits='-c requirements.txt'
stamp=$venv/made-from
log=_build/setup.log

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# What the environment is made from, on standard output.
sources() { cat requirements.txt pyproject.toml "$packages"; }

runs() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# The first Python that is new enough, in $python.
find_python() {
    old=
    for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3 python}; do
        runs "$python" && return
        version=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
        old=${old:-"; $python is $version"}
    done
    fail "Python 3.11 or newer is needed$old. Install it, or name it: make PYTHON=/path/to/python3"
}

# Run a command with its output in the log; on failure say in one line what went wrong.
logged() {
    what=$1
    shift
    "$@" >>"$log" 2>&1 && return
    if grep -q -E 'NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|from versions: none' "$log"; then
        fail "The packages could not be downloaded: is there a network? What pip said is in $log"
    fi
    fail "$what failed. What pip said is in $log"
}

if [ -f "$stamp" ] && runs "$venv/bin/python" && sources | cmp -s - "$stamp"; then
    exit 0
fi

mkdir -p _build
: >"$log"
if [ -d "$venv" ] && runs "$venv/bin/python" && ! grep -q '^unfinished$' "$stamp" 2>/dev/null &&
    "$venv/bin/python" tools/pins.py "$packages" >>"$log" 2>&1; then
    say "Bringing $venv up to date"
else
    find_python
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"
    say "Making $venv with $("$python" --version), a minute or two"
    rm -rf "$venv"
    logged "Making $venv" "$python" -m venv "$venv"
    echo unfinished >"$stamp"
    logged "Installing the pinned packages" "$venv/bin/python" -m pip install --disable-pip-version-check \
        --progress-bar off $limits -r "$packages" setuptools
fi

echo unfinished >"$stamp"
logged "Installing lstm_lib" "$venv/bin/python" -m pip install --disable-pip-version-check \
    --progress-bar off -c requirements.txt --no-build-isolation -e .
logged "Checking the packages" "$venv/bin/python" -m pip check
sources >"$stamp"
