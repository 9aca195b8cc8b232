#!/usr/bin/env sh
# Jobs. On SIGTERM those under way are finished; what a killed worker held goes to another.
set -eu
unset PROMETHEUS_MULTIPROC_DIR  # what the processes of the API share

exec celery -A grover.celery worker --queues "${QUEUES:-default,mail,push,feeds,media,money,bulk}" \
    --concurrency "${CONCURRENCY:-4}" --prefetch-multiplier 1 --without-gossip --without-mingle --loglevel WARNING
