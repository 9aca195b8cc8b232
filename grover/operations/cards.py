"""What operators and their probes see."""

from dataclasses import dataclass
from typing import Literal

DependencyState = Literal["healthy", "unhealthy", "embedded", "not_configured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCard:
    """That the process answers."""

    status: Literal["live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyCard:
    """How something the server depends on is; `embedded` runs in this very process."""

    state: DependencyState
    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DependenciesCard:
    """Everything the server depends on."""

    database: DependencyCard
    cache: DependencyCard
    broker: DependencyCard
    storage: DependencyCard
    payments: DependencyCard
    streaming: DependencyCard


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCard:
    """How the server is: unhealthy when it cannot work, degraded when it does so with something missing."""

    status: Literal["healthy", "degraded", "unhealthy"]
    dependencies: DependenciesCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessCard:
    """Whether requests may be sent here, and what stands in the way."""

    status: Literal["ready", "not_ready"]
    blocked_by: list[Literal["database", "migrations", "broker"]]
