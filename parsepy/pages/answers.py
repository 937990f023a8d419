"""What is answered to a request for a page."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from parsepy.pages.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Html:
    """`parameters` go into headers too; `policy` is the page's Content-Security-Policy."""

    text: str
    parameters: Parameters
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Raw:
    """A file that is sent as it is."""

    path: Path


@dataclass(frozen=True, slots=True)
class NotFound:
    """Also where the server does not know its name or address, without which no page makes
    sense."""


PageAnswer: TypeAlias = Html | Redirect | Raw | NotFound
