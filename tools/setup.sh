#!/bin/sh
# Make a virtual environment with the pinned packages and lstm_lib, or leave it alone if it is up to date.
#
#   sh tools/setup.sh                                             .venv from requirements.txt
#   sh tools/setup.sh _build/bench benchmarks/requirements.txt    the same pins as limits, these packages
#
# The environment holds a note of where it was made, and from what (its stamp). When that differs, or its Python
# is gone, it is made anew; an environment that already holds every pinned version is only stamped. One that was
# copied or moved along with its folder still runs the library that lies where it was made.
set -eu
unset CDPATH # cd would look there first
cd -P -- "$(dirname -- "$0")/.."

venv=${1:-.venv}
packages=${2:-requirements.txt}
limits=
[ "$packages" = requirements.txt ] || limits='-c requirements.txt'
stamp=$venv/made-from
log=_build/setup.log

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Where the environment is made, and from what, on standard output.
sources() {
    pwd -P
    cat requirements.txt pyproject.toml "$packages"
}

# Is this an environment that was made elsewhere, or not to its end?
stray() { [ -f "$stamp" ] && { IFS= read -r place <"$stamp" || true; } && [ "$place" != "$(pwd -P)" ]; }

runs() { "$1" -E -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# The first Python that is new enough, in $python.
find_python() {
    old=
    set -- "${PYTHON-}"
    [ "$1" ] || set -- python3.14 python3.13 python3.12 python3.11 python3 python
    for python; do
        runs "$python" && return
        version=$("$python" -E -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
        old=${old:-"; $python is $version"}
    done
    fail "Python 3.11 or newer is needed$old. Install it, or name it: make PYTHON=/path/to/python3"
}

# Run a Python alone, with its output in the log; on failure say in one line what went wrong.
logged() {
    what=$1
    interpreter=$2
    shift 2
    "$interpreter" -I tools/alone.py "$@" >>"$log" 2>&1 && return
    if grep -q -E 'NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|from versions: none' "$log"; then
        fail "The packages could not be downloaded: is there a network? What pip said is in $log"
    fi
    fail "$what failed. What pip said is in $log"
}

# Into the environment and nowhere else, whatever the settings of pip say.
install() {
    what=$1
    shift
    logged "Installing $what" "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off \
        --target= --root=/ --prefix="$(pwd -P)/$venv" "$@"
}

if [ -f "$stamp" ] && runs "$venv/bin/python" && sources | cmp -s - "$stamp"; then
    exit 0
fi

mkdir -p _build
: >"$log"
if [ -d "$venv" ] && runs "$venv/bin/python" && ! stray &&
    "$venv/bin/python" -I tools/alone.py tools/pins.py "$packages" >>"$log" 2>&1; then
    say "Bringing $venv up to date"
else
    find_python
    "$python" -E -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"
    say "Making $venv with $("$python" -E --version), a minute or two"
    rm -rf "$venv"
    logged "Making $venv" "$python" -m venv "$venv"
    echo unfinished >"$stamp"
    install "the pinned packages" $limits -r "$packages" setuptools
fi

echo unfinished >"$stamp"
install lstm_lib -c requirements.txt --no-build-isolation -e .
logged "Checking the packages" "$venv/bin/python" -m pip check
if [ "$packages" = requirements.txt ]; then
    logged "Looking for fonts" "$venv/bin/python" -c 'import matplotlib.font_manager'
fi
sources >"$stamp"
