#!/usr/bin/env sh
# REST, admin and documentation: WSGI under granian. On SIGTERM requests in flight are finished.
#
# What cannot start says why in one line and ends. The counters of all workers are files of one directory,
# emptied here: what the last server counted is not this one's.
set -eu

export PROMETHEUS_MULTIPROC_DIR="${PROMETHEUS_MULTIPROC_DIR:-/tmp/grover-metrics}"
rm -rf "$PROMETHEUS_MULTIPROC_DIR"
mkdir -p "$PROMETHEUS_MULTIPROC_DIR"

python -W ignore -c "import grover.wsgi"

exec granian --interface wsgi --host "${HOST:-0.0.0.0}" --port "${PORT:-8000}" \
    --workers "${WORKERS:-2}" --blocking-threads "${THREADS:-4}" --backlog 1024 --backpressure "${BACKPRESSURE:-128}" \
    --workers-kill-timeout 30 --respawn-failed-workers --no-ws --log-level warning grover.wsgi:application
