"""The tables of accounts; private to it."""

from accounts.models.cases import Case, Decision
from accounts.models.credentials import MailToken, RecoveryCode, TwoFactor, UsedCode
from accounts.models.exports import Export
from accounts.models.names import NameWord
from accounts.models.relations import Relation
from accounts.models.reports import Report
from accounts.models.sessions import RefreshToken, Session
from accounts.models.settings import AccountSettings
from accounts.models.users import User, UserManager

__all__ = [
    "AccountSettings",
    "Case",
    "Decision",
    "Export",
    "MailToken",
    "NameWord",
    "RecoveryCode",
    "RefreshToken",
    "Relation",
    "Report",
    "Session",
    "TwoFactor",
    "UsedCode",
    "User",
    "UserManager",
]
