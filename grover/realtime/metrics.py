"""What Prometheus is told of the sockets of this process."""

from prometheus_client import Counter, Gauge

sockets_open = Gauge("grover_sockets", "Open sockets", multiprocess_mode="livesum")
frames_delivered = Counter("grover_frames_delivered", "Frames handed to sockets")
sockets_cut = Counter("grover_sockets_cut", "Sockets closed by the server, by close code", ["code"])
hub_lag = Gauge(
    "grover_hub_lag_seconds", "How long a message took through the channel layer", multiprocess_mode="livemax"
)
commands_done = Counter("grover_commands", "Commands answered, by name and outcome", ["name", "outcome"])
