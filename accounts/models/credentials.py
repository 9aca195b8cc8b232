"""What proves who somebody is, beside the password."""

from django.db import models

from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.PERSONAL, owner="user_id", exported=("confirmed_at",))
class TwoFactor(Identified):
    """The TOTP secret of a person, encrypted; in force once it is confirmed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    secret = models.CharField(max_length=255)
    confirmed_at = models.DateTimeField(null=True)


@holds(Holds.PERSONAL, owner="user_id")
class UsedCode(Identified):
    """A TOTP time step whose code was accepted; the unique row makes each code work once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="code_used_once")]


@holds(Holds.PERSONAL, owner="user_id")
class RecoveryCode(Identified):
    """The hash of a recovery code that has not been used."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]


@holds(Holds.PERSONAL, owner="user_id")
class MailToken(Identified):
    """A single-use token sent by mail, stored as its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
