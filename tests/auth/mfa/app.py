"""A whole app with MFA, whose clock stands still until a test moves it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pyotp

from parsepy.auth.base import ProviderSettings
from parsepy.auth.mfa import MfaProvider
from parsepy.types import JSONObject, JSONValue
from tests.auth.mfa.enrolment import MOBILE, SECRET, Clock, Telephone
from tests.support.local_app import LocalApp, User, local_app

NAME: Final = {"username": "ann", "password": "secret"}


class TimedMfa(MfaProvider):
    """The built-in provider by the clock that its options give."""

    def __init__(self, settings: ProviderSettings) -> None:
        clock = settings.options["clock"]
        assert isinstance(clock, Clock)
        super().__init__(settings, clock)


@dataclass(frozen=True, slots=True)
class MfaApp:
    parse: LocalApp
    clock: Clock
    phone: Telephone

    async def sign_up(self) -> User:
        answer = await self.parse.ok("POST", "/users", NAME)
        return User(answer["objectId"], answer["sessionToken"])

    async def enrolled(self) -> tuple[User, list[str]]:
        """A user with an authenticator app, and his recovery codes."""
        user = await self.sign_up()
        answer = await self.change(user, {"secret": SECRET, "token": self.code()})
        recovery: str = answer.json()["authDataResponse"]["mfa"]["recovery"]
        return user, recovery.split(", ")

    async def with_number(self) -> User:
        user = await self.sign_up()
        await self.change(user, {"mobile": MOBILE})
        await self.change(user, {"mobile": MOBILE, "token": self.phone.code})
        return user

    def code(self, steps: int = 0, secret: str = SECRET) -> str:
        return pyotp.TOTP(secret).at(int(self.clock.now), counter_offset=steps)

    async def change(self, user: User, mfa: JSONValue, **more: Any) -> httpx.Response:
        body = {"authData": {"mfa": mfa, **more}}
        return await self.parse.send("PUT", f"/users/{user.id}", body, user=user)

    async def log_in(self, token: JSONValue = None, **more: Any) -> httpx.Response:
        body: dict[str, Any] = {**NAME, **more}
        if token is not None:
            body["authData"] = {"mfa": {"token": token}}
        return await self.parse.send("POST", "/login", body)

    async def stored(self) -> JSONObject | None:
        users = await self.parse.find("_User", {}, master=True)
        found: JSONObject | None = users[0].get("authData", {}).get("mfa")
        return found

    async def sessions(self) -> int:
        return len(await self.parse.find("_Session", {}, master=True))


@asynccontextmanager
async def mfa_app(
    methods: tuple[str, ...] = ("TOTP", "SMS"),
    auth: Mapping[str, object] | None = None,
    **options: Any,
) -> AsyncIterator[MfaApp]:
    """`auth` are providers beside MFA."""
    clock, phone = Clock(), Telephone()
    mfa = {"module": TimedMfa, "options": list(methods), "sendSMS": phone, "clock": clock}
    async with local_app(auth={"mfa": mfa, **(auth or {})}, **options) as parse:
        yield MfaApp(parse, clock, phone)


def error(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    return said["code"], said["error"]
