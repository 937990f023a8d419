"""Letters about accounts: whether any can be sent, and what stands in them (section 19)."""

import logging
import re
from typing import Final

from parsepy.email.base import Letter, Mailer
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.options.errors import OptionsError
from parsepy.options.model import ServerOptions
from parsepy.options.public_url import public_url
from parsepy.types import ParseObject
from parsepy.users.mail_links import RESET_PAGE, VERIFY_PAGE, page_link
from parsepy.users.public_fields import public_fields

_LANGUAGE: Final = re.compile(rb"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*(?:[,;]|$)")

_log = logging.getLogger(__name__)


class AccountMail:
    def __init__(self, options: ServerOptions, mailer: Mailer | None) -> None:
        self._options = options
        self._mailer = mailer

    async def check(self) -> None:
        """Raises 1 where the options do not suffice to send a letter."""
        if self._mailer is None or not self._options.app_name:
            raise _not_configured()
        await self._public_url()

    async def send_verification(self, ctx: RequestContext, user: ParseObject, token: str) -> None:
        """To the address in the row of `user`, which is as it is stored. Raises as a `Mailer`."""
        letter = await self._letter(ctx, user, VERIFY_PAGE, token)
        if self._mailer is not None:
            await self._mailer.send_verification(letter)

    async def send_password_reset(self, ctx: RequestContext, user: ParseObject, token: str) -> None:
        """As `send_verification`."""
        letter = await self._letter(ctx, user, RESET_PAGE, token)
        if self._mailer is not None:
            await self._mailer.send_password_reset(letter)

    async def _letter(
        self, ctx: RequestContext, user: ParseObject, page: str, token: str
    ) -> Letter:
        return Letter(
            to=address_of(user),
            user=public_fields(user),
            app_name=self._options.app_name or "",
            link=page_link(self._options, await self._public_url(), page, token),
            locale=_language(ctx),
        )

    async def _public_url(self) -> str:
        try:
            url = await public_url(self._options)
        except OptionsError as error:
            _log.error("No mail can be sent: %s", error)
            url = None
        if url is None:
            raise _not_configured()
        return url


def address_of(user: ParseObject) -> str:
    """Where mail to the user goes: some apps keep the address in the username."""
    for name in ("email", "username"):
        address = user.get(name)
        if isinstance(address, str) and address:
            return address
    return ""


def _language(ctx: RequestContext) -> str | None:
    """The first one that the client would like to read."""
    found = _LANGUAGE.match(ctx.headers.get(b"accept-language", b""))
    return None if found is None else found[1].decode()


def _not_configured() -> ParseError:
    return ParseError(
        Code.INTERNAL,
        "An appName, publicServerURL, and emailAdapter are required for password reset and email"
        " verification functionality.",
    )
