"""The mails that accounts sends, by jobs: each is written when it is sent, tokens included."""

import uuid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.actions.mail_tokens import issue_mail_token
from accounts.enums import AccountStatus, AppealState, DecisionKind, MailPurpose
from accounts.models import Decision, User
from accounts.policies.moderation import APPEAL_TIME
from accounts.selectors.identity import account_to_reset, is_verified_elsewhere

SUBJECTS = {
    "verify": "Confirm your address",
    "already_registered": "You have an account already",
    "reset": "Choose a new password",
    "new_sign_in": "A new sign-in to your account",
    "email_changed": "The address of your account is being changed",
    "decision": "A decision about what you published",
    "appeal_answer": "Your appeal was decided",
}
DONE = {
    DecisionKind.HIDE: "has been hidden: only you can see it",
    DecisionKind.REMOVE: "has been removed: nobody can see it any more",
    DecisionKind.WARN: "breaks the rules. This is a warning; nothing else was done",
    DecisionKind.SUSPEND: "breaks the rules, and your account has been suspended",
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


def send_decision(decision_id: uuid.UUID) -> None:
    """Tell somebody what the staff decided about them or a thing of theirs, and until when to appeal."""
    row = _decision_to_tell(decision_id)
    if row is not None and row.owner is not None:
        can_sign_in = row.owner.status == AccountStatus.ACTIVE
        _send(
            "decision",
            row.owner.email,
            username=row.owner.username,
            thing=_thing_of(row),
            done=DONE[DecisionKind(row.kind)],
            reason=row.reason,
            until=f"{row.created_at + APPEAL_TIME:%-d %B %Y}" if can_sign_in else "",
        )


def send_appeal_answer(decision_id: uuid.UUID) -> None:
    """Tell somebody what became of their appeal."""
    row = _decision_to_tell(decision_id)
    if row is not None and row.owner is not None:
        outcome = "taken back" if row.appeal_state == AppealState.GRANTED else "left as it was"
        _send(
            "appeal_answer",
            row.owner.email,
            username=row.owner.username,
            thing=_thing_of(row),
            outcome=outcome,
            reason=row.reply,
        )


def _decision_to_tell(decision_id: uuid.UUID) -> Decision | None:
    """Find a decision that concerns somebody who still has an account."""
    told = [AccountStatus.ACTIVE, AccountStatus.SUSPENDED]
    rows = Decision.objects.select_related("owner").filter(pk=decision_id, owner__status__in=told)
    return rows.first()


def _thing_of(row: Decision) -> str:
    return "profile" if row.target_kind == "user" else row.target_kind


def _send(name: str, to: str, **context: str) -> None:
    context["public_url"] = settings.PUBLIC_URL
    message = EmailMultiAlternatives(
        SUBJECTS[name], render_to_string(f"accounts/mail/{name}.txt", context).strip() + "\n", to=[to]
    )
    html = render_to_string(f"accounts/mail/{name}.html", {**context, "subject": SUBJECTS[name]})
    message.attach_alternative(html, "text/html")
    message.send()
