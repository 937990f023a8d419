"""What the functions of the options about confirmed addresses are called with."""

from dataclasses import dataclass

from parsepy.types import JSONObject, ParseObject


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    """Of `verifyUserEmails` and `preventLoginWithUnverifiedEmail`; only `True` means yes.

    `object` is the user: as he is going to be in a write (`original`: as he was before), else as he
    is stored, without internal columns. `created_with` is what the session would say of itself:
    `{"action": "signup" | "login", "authProvider": "password" | …}`; `None` in an update and when
    a mail is sent once more, which `resend_request` says.
    """

    object: ParseObject
    original: ParseObject | None = None
    master: bool = False
    ip: str = ""
    installation_id: str | None = None
    created_with: JSONObject | None = None
    resend_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMailRequest:
    """Of `sendUserEmailVerification`: whatever counts as true sends the mail to `user`."""

    user: ParseObject
    master: bool = False
