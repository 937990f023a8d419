"""New passwords for those who forgot theirs (users sheet, section 11)."""

from parsepy.email.base import Mailer
from parsepy.objects.context import RequestContext
from parsepy.options.model import ServerOptions
from parsepy.types import JSONValue


class PasswordReset:
    def __init__(self, options: ServerOptions, mailer: Mailer | None) -> None:
        self._options = options
        self._mailer = mailer

    async def request(self, ctx: RequestContext, email: JSONValue, token: JSONValue) -> None:
        """`POST /requestPasswordReset`. Raises 1, 204, 162, 125, 101, and what the trigger does."""

    async def check(self, ctx: RequestContext, token: str) -> None:
        """Raises -1 with the text for the user unless the token opens the page."""

    async def reset(self, ctx: RequestContext, token: str, password: str) -> None:
        """Sets the password, once for each token. Raises -1 or 142 with the text for the user."""
