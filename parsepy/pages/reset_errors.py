"""What kept a password from being changed, as the pages tell it."""

from collections.abc import Mapping
from typing import Final

from parsepy.options.model import PasswordPolicy
from parsepy.pages.locale import language_of

UNEQUAL: Final = "The passwords do not match."
_UNKNOWN: Final = "The password has not been changed."
_REPEATED: Final = "New password should not be the same as last {most} passwords."

_GERMAN: Final[Mapping[str, str]] = {
    UNEQUAL: "Die beiden Passwörter sind nicht gleich.",
    _UNKNOWN: "Das Passwort wurde nicht geändert.",
    _REPEATED: "Das neue Passwort darf keines der letzten {most} sein.",
    "Password does not meet the Password Policy requirements.": (
        "Dieses Passwort erfüllt nicht die Anforderungen."
    ),
    "Password cannot contain your username.": (
        "Das Passwort darf deinen Benutzernamen nicht enthalten."
    ),
    "Failed to reset password: username / email / token is invalid": (
        "Dieser Link ist nicht mehr gültig. Fordere in der App einen neuen an."
    ),
    "The password reset link has expired": (
        "Dieser Link ist abgelaufen. Fordere in der App einen neuen an."
    ),
}
_LANGUAGES: Final = {"de": _GERMAN}


class ResetErrors:
    def __init__(self, policy: PasswordPolicy | None) -> None:
        self._policy = policy or PasswordPolicy()
        self._languages = {
            language: {self._completed(text): self._completed(own) for text, own in texts.items()}
            for language, texts in _LANGUAGES.items()
        }

    def from_address(self, text: str) -> str:
        """What a page shows of an error in its address. Anybody can write an address, and must not
        speak to the app's users in its name: only what this server itself says is repeated."""
        is_ours = text in self._languages["de"] or text == self._policy.validation_error
        return text if is_ours else _UNKNOWN

    def in_language(self, text: str, locale: str | None) -> str:
        texts = self._languages.get(language_of(locale or ""), {})
        return texts.get(text, text)

    def _completed(self, text: str) -> str:
        return text.replace("{most}", str(self._policy.max_password_history))
