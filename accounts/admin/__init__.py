"""The staff's pages for accounts, a module per noun."""

from accounts.admin import groups, reports, sessions, sign_in, users

__all__ = ["groups", "reports", "sessions", "sign_in", "users"]
