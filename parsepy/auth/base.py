"""What an authentication provider is, and what it is asked (users sheet, sections 14 and 15)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from parsepy.errors import ParseError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue, ParseObject

PROVIDER_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""What may be a provider at all: it is part of a path, and of a column's name."""

Policy: TypeAlias = Literal["default", "solo", "additional"]
"""`solo` suffices alone; `additional` has to come on top of another proof."""

POLICIES: Final[tuple[Policy, ...]] = ("default", "solo", "additional")


class Stage(StrEnum):
    """What authentication data are sent for."""

    SET_UP = "validateSetUp"
    """The user has none of this provider yet: a sign-up, or a link."""
    LOGIN = "validateLogin"
    """The user has some, and is not logged in."""
    UPDATE = "validateUpdate"
    """The user has some, and is logged in (or the master key asks)."""


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """On whose behalf a provider is asked.

    `object` is the user as he will be, `original` as he is stored (`None` where there is none),
    with the `authData` of both but without passwords, hashes and tokens. `user` is the caller's
    own. `trigger_name` is the stage, for providers that tell stages apart. `headers` have
    lower-case names.
    """

    user: ParseObject | None = None
    object: ParseObject | None = None
    original: ParseObject | None = None
    master: bool = False
    is_read_only: bool = False
    ip: str = ""
    installation_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_challenge: bool = False
    trigger_name: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of authentication data.

    `save` is stored instead of what the client sent, unless `do_not_save`; `remove` takes the
    provider off the user instead. `response` is told to the client in `authDataResponse`. With a
    `refusal` the `save` is stored all the same and the client gets that error: a code was sent to
    him, say, and he has to come back with it.
    """

    save: JSONObject | None = None
    do_not_save: bool = False
    remove: bool = False
    response: JSONValue = None
    refusal: ParseError | None = None


ACCEPTED: Final = Verdict()
"""Stored as sent."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """`options` is `auth.<name>`, empty where it is not configured."""

    name: str
    options: Mapping[str, object]
    outbound: Outbound
    allows_insecure: bool = False
    """Option `enableInsecureAuthAdapters`."""


class AuthProvider:
    """One provider of one app. Methods raise a `ParseError` for what they refuse."""

    needs_id: bool = True
    """Whether its data name an identity in `id`, by which a user is found."""
    challenges: bool = False
    """Whether `challenge` does anything."""
    reveals_as_stored: bool = True
    """Whether `after_find` leaves data as they are."""
    only_adds: bool = False
    """Whether its data come on top of another proof. They are judged after it: before a message
    is sent, it is proven who asks for it."""
    holds_unconfigured: bool = False
    """Whether users who have it are asked for it even where no options configure it."""
    locks: bool = False
    """Whether its data hold what is good once. Then a write of them counts only if no other has
    changed them meanwhile: texts, numbers and lists are compared."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings

    def check_options(self) -> None:
        """Raises `OptionsError` for settings with which nobody could ever log in."""

    async def identify(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject:
        """The data with the identity they lead to, before users are looked for: a code is
        exchanged here. What is given back replaces what was sent."""
        return auth_data

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        """Raises unless `auth_data` prove the identity that they name."""
        raise NotImplementedError

    async def check_unlink(self, stored: JSONObject, request: AuthRequest) -> None:
        """Raises unless a client may take the provider off his user with a bare `null`."""

    async def policy(self, request: AuthRequest, stored: JSONObject) -> Policy:
        """What `stored`, a user's data of this provider, ask of a log-in of his."""
        return "default"

    async def challenge(
        self, challenge_data: JSONValue, auth_data: JSONObject | None, request: AuthRequest
    ) -> JSONValue:
        """What the client needs before it can log in."""
        raise NotImplementedError

    async def after_find(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject | None:
        """What a reader of the user gets to see instead; `None`: the data as they are."""
        return None
