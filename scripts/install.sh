#!/usr/bin/env bash
# Creates a virtual environment where there is none, and installs a lock file into it.
#
#   scripts/install.sh .venv requirements.txt
#
# What goes wrong is told in one line; the whole story is in the log that the line names.
set -euo pipefail

venv=$1 requirements=$2
log=$(mktemp "${TMPDIR:-/tmp}/grover-install.XXXXXX")

fail() { echo "grover: $1" >&2; exit 1; }

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
    if [[ -n $candidate ]] && "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed; found $(python3 --version 2>/dev/null || echo none). Set PYTHON to its path."
}

if [[ ! -x $venv/bin/python ]]; then
  python=$(find_python)
  echo "Creating the environment with $("$python" --version)..."
  "$python" -m venv "$venv" >"$log" 2>&1 || fail "$python cannot create a virtual environment; see $log"
fi

echo "Installing $requirements..."
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$requirements" >"$log" 2>&1; then
  if grep -qiE 'connection|resolve|timed out|unreachable|proxy|no matching distribution' "$log"; then
    fail "the packages could not be downloaded: is there a network? See $log"
  fi
  fail "the packages could not be installed; see $log"
fi
rm -f "$log"
