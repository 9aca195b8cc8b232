"""Tokens where no streaming service is configured: they look like some, and open nothing."""


class LocalIssuer:
    """Writes tokens that say themselves that nobody signed them."""

    app_id = "local"

    def token(self, channel: str, uid: int, *, issued_at: int, seconds: int) -> str:
        """Write down what a real token would allow."""
        return f"unsigned:{channel}:{uid}:{issued_at + seconds}"
