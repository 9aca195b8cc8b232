"""The jobs of accounts."""

from accounts.tasks import identity, people

__all__ = ["identity", "people"]
