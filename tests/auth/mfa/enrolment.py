"""One user's MFA at a provider whose clock stands still until a test moves it."""

from dataclasses import dataclass, field
from typing import Final

import pyotp

from parsepy.auth.base import AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.auth.mfa import MfaProvider
from parsepy.errors import ParseError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject

SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_SECRET: Final = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
NOW: Final = 1_800_000_000.0
PERIOD: Final = 30
MOBILE: Final = "+49 151 1234"


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float = PERIOD) -> None:
        self.now += seconds


@dataclass
class Telephone:
    """What `sendSMS` was called with."""

    messages: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, token: str, mobile: str) -> None:
        self.messages.append((token, mobile))

    @property
    def code(self) -> str:
        return self.messages[-1][0]


def settings(**options: object) -> ProviderSettings:
    return ProviderSettings("mfa", options, Outbound())


class Enrolment:
    """`stored` is what the user has; `send` does with it what the server does."""

    def __init__(self, **options: object) -> None:
        self.clock = Clock()
        self.phone = Telephone()
        given = {"options": ["TOTP", "SMS"], "sendSMS": self.phone, **options}
        self.provider = MfaProvider(settings(**given), self.clock)
        self.stored: JSONObject | None = None

    async def send(self, data: JSONObject, stage: Stage, *, master: bool = False) -> Verdict:
        verdict = await self.judge(data, stage, master=master)
        if verdict.remove:
            self.stored = None
        elif not verdict.do_not_save:
            self.stored = data if verdict.save is None else verdict.save
        if verdict.refusal is not None:
            raise verdict.refusal
        return verdict

    async def judge(self, data: JSONObject, stage: Stage, *, master: bool = False) -> Verdict:
        original: JSONObject = {"objectId": "u"}
        if self.stored is not None:
            original["authData"] = {"mfa": self.stored}
        return await self.provider.validate(
            stage, data, AuthRequest(original=original, master=master)
        )

    async def error(self, data: JSONObject, stage: Stage) -> tuple[int, str] | None:
        try:
            await self.send(data, stage)
        except ParseError as error:
            return error.code, error.message
        return None

    async def log_in(self, token: str) -> tuple[int, str] | None:
        return await self.error({"token": token}, Stage.LOGIN)

    async def change(self, data: JSONObject) -> tuple[int, str] | None:
        return await self.error(data, Stage.UPDATE if self.stored is not None else Stage.SET_UP)

    def code(self, steps: int = 0, secret: str = SECRET) -> str:
        return pyotp.TOTP(secret).at(int(self.clock.now), counter_offset=steps)

    async def enrol_app(self) -> list[str]:
        """The recovery codes."""
        verdict = await self.send({"secret": SECRET, "token": self.code()}, Stage.SET_UP)
        assert isinstance(verdict.response, dict)
        return str(verdict.response["recovery"]).split(", ")

    async def enrol_number(self) -> None:
        assert await self.change({"mobile": MOBILE}) is None
        assert await self.change({"mobile": MOBILE, "token": self.phone.code}) is None
