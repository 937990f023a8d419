"""Which pages there are."""

from enum import StrEnum


class Page(StrEnum):
    """A page that a route of ours leads to; the value is its name in `pages.customUrls`."""

    PASSWORD_RESET = "passwordReset"
    PASSWORD_RESET_SUCCESS = "passwordResetSuccess"
    PASSWORD_RESET_LINK_INVALID = "passwordResetLinkInvalid"
    EMAIL_VERIFICATION_SUCCESS = "emailVerificationSuccess"
    EMAIL_VERIFICATION_SEND_FAIL = "emailVerificationSendFail"
    EMAIL_VERIFICATION_SEND_SUCCESS = "emailVerificationSendSuccess"
    EMAIL_VERIFICATION_LINK_INVALID = "emailVerificationLinkInvalid"
    EMAIL_VERIFICATION_LINK_EXPIRED = "emailVerificationLinkExpired"

    @property
    def file(self) -> str:
        return f"{self.name.lower()}.html"
