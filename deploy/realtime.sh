#!/usr/bin/env sh
# Sockets: ASGI under uvicorn. On SIGTERM they are closed with 1012, so that clients come back elsewhere.
set -eu
unset PROMETHEUS_MULTIPROC_DIR  # what the processes of the API share

exec uvicorn --host "${HOST:-0.0.0.0}" --port "${PORT:-8001}" --lifespan off \
    --ws grover.realtime.server:SocketProtocol --ws-max-size 65536 --ws-per-message-deflate false \
    --timeout-graceful-shutdown 20 --no-access-log --log-level warning grover.asgi:application
