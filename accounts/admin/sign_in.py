"""How staff sign in to their pages: with all that signing in elsewhere asks for."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.actions.credentials import accept_code, has_two_factor
from grover.core import throttles
from grover.core.errors import RateLimited


class StaffSignInForm(AdminAuthenticationForm):
    """Name and password, and a code where two factors are on; tries are limited as everywhere."""

    otp = forms.CharField(
        max_length=20,
        required=False,
        label="Code",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        self._spend_try()
        cleaned = super().clean()
        staff = self.get_user()
        if staff is not None and has_two_factor(staff.pk):
            code = self.cleaned_data.get("otp", "")
            if not (code and accept_code(staff.pk, code, timezone.now())):
                raise ValidationError("The code is missing, wrong or was used before", code="wrong_otp")
        return cleaned

    def _spend_try(self) -> None:
        address = throttles.address_key(throttles.client_address(self.request))
        try:
            throttles.spend_for("sign_in", f"address:{address}")
            throttles.spend_for("sign_in", f"identifier:{self.cleaned_data.get('username', '').lower()}")
        except RateLimited as refusal:
            raise ValidationError(refusal.detail, code="rate_limited") from refusal


def refuse_password_change(request: HttpRequest, **_: Any) -> HttpResponse:
    """Send staff to the API for a new password: there it ends their other sessions."""
    messages.info(request, "Change your password in the app: it ends your other sessions.")
    return HttpResponseRedirect(reverse("admin:index"))


admin.site.login_form = StaffSignInForm
admin.site.login_template = "admin/accounts/login.html"
admin.site.password_change = refuse_password_change  # type: ignore[method-assign, assignment]
admin.site.site_header = admin.site.site_title = "Grover"
