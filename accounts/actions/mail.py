"""The mails that accounts sends, by jobs: each is written when it is sent, tokens included."""

import uuid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.actions.mail_tokens import issue_mail_token
from accounts.enums import AccountStatus, MailPurpose
from accounts.models import User
from accounts.selectors.identity import account_to_reset, is_verified_elsewhere

SUBJECTS = {
    "verify": "Confirm your address",
    "already_registered": "You have an account already",
    "reset": "Choose a new password",
    "new_sign_in": "A new sign-in to your account",
    "email_changed": "The address of your account is being changed",
}


def send_verification(user_id: uuid.UUID, email: str) -> None:
    """Ask whoever reads an address to confirm it, or tell them that they have an account already."""
    user = User.objects.filter(pk=user_id, status=AccountStatus.ACTIVE).first()
    if user is None or user.verified_email == email:
        return
    if is_verified_elsewhere(email, user_id):
        _send("already_registered", email)
        return
    token = issue_mail_token(user, MailPurpose.VERIFY, email)
    _send("verify", email, username=user.username, token=token)


def send_reset(email: str) -> None:
    """Send a token for a new password to an address, if an account has it."""
    user = account_to_reset(email)
    if user is not None:
        token = issue_mail_token(user, MailPurpose.RESET, email)
        _send("reset", email, username=user.username, token=token)


def send_new_sign_in(user_id: uuid.UUID, device: str, address: str) -> None:
    """Tell somebody that their account was signed in to from a device not seen before."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None and user.email:
        _send("new_sign_in", user.email, username=user.username, device=device, address=address)


def send_email_changed(user_id: uuid.UUID, old_email: str) -> None:
    """Tell the present address of an account that somebody asked for another."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        _send("email_changed", old_email, username=user.username)


def _send(name: str, to: str, **context: str) -> None:
    context["public_url"] = settings.PUBLIC_URL
    message = EmailMultiAlternatives(
        SUBJECTS[name], render_to_string(f"accounts/mail/{name}.txt", context).strip() + "\n", to=[to]
    )
    html = render_to_string(f"accounts/mail/{name}.html", {**context, "subject": SUBJECTS[name]})
    message.attach_alternative(html, "text/html")
    message.send()
