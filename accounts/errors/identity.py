"""The refusals of signing in and of what proves who somebody is."""

from grover.core.errors import Conflict, Forbidden, NotSignedIn, Problem


class WrongCredentials(NotSignedIn):
    code = "wrong_credentials"
    title = "The name or the password is wrong"


class OtpRequired(NotSignedIn):
    code = "otp_required"
    title = "The password is right; now send a code of your authenticator as `otp`"


class WrongOtp(NotSignedIn):
    code = "wrong_otp"
    title = "The code is wrong, has expired or was used before"


class AccountSuspended(Forbidden):
    code = "account_suspended"
    title = "The account is suspended"


class RefreshTokenInvalid(NotSignedIn):
    code = "refresh_token_invalid"
    title = "The refresh token is not valid; sign in again"


class UsernameTaken(Conflict):
    code = "username_taken"
    title = "Somebody has this name, or one that looks like it"


class WrongPassword(Forbidden):
    code = "wrong_password"
    title = "The password is wrong"


class WrongCode(Forbidden):
    code = "wrong_code"
    title = "The code is wrong, has expired or was used before"


class ReauthenticationRequired(Forbidden):
    code = "reauthentication_required"
    title = "Confirm your password first: POST /auth/reauthenticate"


class MailTokenInvalid(Problem):
    status = 422
    code = "mail_token_invalid"
    title = "The token is wrong, has expired or was used before"


class TwoFactorAlreadyOn(Conflict):
    code = "two_factor_already_on"
    title = "Two-factor authentication is on already"


class TwoFactorNotSetUp(Conflict):
    code = "two_factor_not_set_up"
    title = "Two-factor authentication is not set up"
