"""What sends mails: the contract, and objects of an app's own behind it.

    class Postman:
        def __init__(self, options):  # `emailAdapter.options`
            self.key = options["key"]

        async def send_mail(self, message): ...

    create_app({"emailAdapter": {"module": Postman, "options": {"key": "…"}}, …})

`send_mail(message)` gets a `Message`. With `send_verification_email(letter)` or
`send_password_reset_email(letter)` the adapter writes these mails itself, out of a `Letter`. Plain
functions run in threads. What raises is tried again later; `MailRefused` says that there is no use.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from parsepy.email.mail import Kind, Mail
from parsepy.options.errors import OptionsError
from parsepy.options.functions import call

TIMEOUT: Final = 60.0
"""Seconds that one mail may take, unless the adapter has a `timeout` of its own."""

METHODS: Final = {
    Kind.MESSAGE: "send_mail",
    Kind.VERIFICATION: "send_verification_email",
    Kind.PASSWORD_RESET: "send_password_reset_email",
}


class Adapter(Protocol):
    @property
    def queued(self) -> bool:
        """Whether mails wait in the store and are tried again; else a mail is handed over at once,
        and what becomes of it is nobody's concern."""

    @property
    def timeout(self) -> float:
        """Seconds after which handing over a mail has failed."""

    def writes(self, kind: Kind) -> bool:
        """Whether the adapter takes letters of this kind instead of finished messages."""

    async def hand_over(self, mail: Mail) -> None:
        """Raises `MailRefused`, or anything else where trying again may help."""


class OwnAdapter:
    """An object of the app's own. Its attribute `queued` false has it called while requests wait,
    as parse-server does."""

    def __init__(self, given: object) -> None:
        """Raises `OptionsError` when it lacks what an adapter needs."""
        self._methods: dict[Kind, Callable[..., Any]] = {}
        for kind, name in METHODS.items():
            method = getattr(given, name, None)
            if callable(method):
                self._methods[kind] = method
            elif method is not None or kind is Kind.MESSAGE:
                raise OptionsError(
                    "Option emailAdapter: Adapter prototype don't match expected prototype:"
                    f" {name} must be a function."
                )
        self.queued = getattr(given, "queued", True) is not False
        self.timeout = _timeout_of(given)

    def writes(self, kind: Kind) -> bool:
        return kind is not Kind.MESSAGE and kind in self._methods

    async def hand_over(self, mail: Mail) -> None:
        await call(self._methods[mail.kind], mail.content)


def _timeout_of(given: object) -> float:
    timeout = getattr(given, "timeout", TIMEOUT)
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    return float(timeout) if is_number and timeout > 0 else TIMEOUT
