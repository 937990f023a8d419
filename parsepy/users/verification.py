"""Asking users to confirm their address (users sheet, section 10)."""

from parsepy.email.base import Mailer
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.options.model import ServerOptions
from parsepy.types import JSONObject, JSONValue, ParseObject


class EmailVerification:
    def __init__(self, options: ServerOptions, mailer: Mailer | None) -> None:
        self._options = options
        self._mailer = mailer

    # -- in a write of a user

    async def begin(self, write: Write) -> None:
        """A new token where the write brings an address that has to be confirmed."""

    async def keeps_out(self, write: Write) -> bool:
        """Whether the user that was just created gets no session before he has confirmed."""
        return False

    async def send(self, write: Write) -> None:
        """The mail with the token that `begin` has made, once it is stored. Raises 205 where
        nobody signs up without a confirmed address."""

    # -- at a log-in

    async def check_login(
        self, ctx: RequestContext, user: ParseObject, created_with: JSONObject
    ) -> None:
        """Raises 205 for a user who has to confirm his address first."""

    # -- on request

    async def request(self, ctx: RequestContext, email: JSONValue) -> None:
        """`POST /verificationEmailRequest`. Raises 1, 204, 125, 205, -1."""

    async def resend(self, ctx: RequestContext, username: str | None, token: str | None) -> None:
        """As `request`, for the user of a page. Raises what kept the mail from being sent."""

    async def verify(self, ctx: RequestContext, token: str) -> bool:
        """Confirms the address that the token was sent to; whether it did."""
        return False
