# Sourced by the scripts in bin/: finds Python 3.11 or later and brings .venv up to date.
# Needs nothing but a POSIX shell and that Python. Set PYTHON to choose one.

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
VENV_PYTHON="$ROOT/.venv/bin/python"

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    echo "Python 3.11 or later is needed, and none was found on PATH. Set PYTHON=/path/to/python3." >&2
    return 1
}

# set_up REQUIREMENTS_FILE...: what it has to say goes to standard error.
set_up() {
    python=$(find_python) || exit 1
    "$python" "$ROOT/bin/support/environment.py" "$@" || exit 1
}
