#!/usr/bin/env sh
# The clock: exactly one. It starts what is due; a second one would only start it twice.
set -eu
unset PROMETHEUS_MULTIPROC_DIR  # what the processes of the API share

exec celery -A grover.celery beat --schedule /tmp/celerybeat-schedule --pidfile "" --loglevel WARNING
