"""What a password has to be, and what becomes of it in a write (users sheet, sections 8 and 12)."""

from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.options.model import PasswordPolicy
from parsepy.types import ParseObject
from parsepy.users.passwords import Passwords


class PasswordRules:
    def __init__(self, passwords: Passwords, policy: PasswordPolicy | None) -> None:
        self._passwords = passwords
        self._policy = policy

    async def take(self, write: Write) -> None:
        """Replaces the password of a write by its hash. Raises 142 where the policy refuses it."""
        if "password" not in write.changes:
            return
        password = write.value_of("password")
        write.drop("password")
        if not isinstance(password, str) or not password:
            raise ParseError(Code.PASSWORD_MISSING, "password is required")
        write.set("_hashed_password", await self._passwords.hash(password))

    async def check_age(self, ctx: RequestContext, user: ParseObject) -> None:
        """Whether the user may still log in with his password. Raises 101."""
