"""The staff's pages for accounts, a module per noun."""

from accounts.admin import cases, decisions, groups, reports, sessions, sign_in, users

__all__ = ["cases", "decisions", "groups", "reports", "sessions", "sign_in", "users"]
