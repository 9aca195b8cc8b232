"""What clients send to sign in and to prove who they are."""

from rest_framework import serializers

from grover.core.serializers import Input, SecretField, TextField

LONGEST_PASSWORD = 128


class RegistrationInput(Input):
    """What opens an account."""

    username = TextField(max_length=100, help_text="3 to 30 of a-z, 0-9, _ and .; case does not count.")
    email = serializers.EmailField(max_length=254)
    password = SecretField(min_length=8, max_length=LONGEST_PASSWORD)
    birth_date = serializers.DateField()


class SignInInput(Input):
    """What opens a session; `otp` is a code of the authenticator or a recovery code."""

    identifier = TextField(max_length=254, help_text="A username or an email address.")
    password = SecretField(max_length=LONGEST_PASSWORD)
    otp = SecretField(max_length=20, required=False, default="", allow_blank=True)
    device = TextField(
        max_length=200, required=False, default="", allow_blank=True, help_text="How the session is listed."
    )


class RefreshInput(Input):
    """A refresh token."""

    refresh_token = SecretField(max_length=200)


class MailTokenInput(Input):
    """A token that came by mail."""

    token = SecretField(max_length=200)


class PasswordChangeInput(Input):
    """The present password and the next."""

    current_password = SecretField(max_length=LONGEST_PASSWORD)
    new_password = SecretField(min_length=8, max_length=LONGEST_PASSWORD)


class ResetInput(Input):
    """Where to send the token for a new password."""

    email = serializers.EmailField(max_length=254)


class ResetConfirmationInput(MailTokenInput):
    """The token that came by mail, and the new password."""

    new_password = SecretField(min_length=8, max_length=LONGEST_PASSWORD)


class ReauthenticationInput(Input):
    """The password, and a code where two factors are on."""

    password = SecretField(max_length=LONGEST_PASSWORD)
    otp = SecretField(max_length=20, required=False, default="", allow_blank=True)


class CodeInput(Input):
    """A code of the authenticator, or a recovery code where one may stand in."""

    code = SecretField(max_length=20)
