from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from parsepy.types import JSONMapping
from tests.support.parsepy_server import RunningParsepy
from tests.support.parsepy_stores import STORES, parsepy_on

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class StoryServer:
    """`mails` is the file with what the server has sent, one JSON object a line."""

    parsepy: RunningParsepy
    mails: Path


@pytest.fixture(scope="session", params=STORES)
def story_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StoryServer]:
    """A parsepy process that sends mails and has log-in providers, on every store."""
    folder = tmp_path_factory.mktemp("story")
    mails = folder / "mails.jsonl"
    mails.touch()
    path = {"PYTHONPATH": str(ROOT)}
    with parsepy_on(request, folder, account_options(mails), path) as parsepy:
        yield StoryServer(parsepy, mails)


def account_options(mails: Path) -> JSONMapping:
    return {
        "appName": "Stories",
        "publicServerURL": "http://stories.example/parse",
        "verifyUserEmails": True,
        "liveQuery": {"classNames": ["Chat", "ClosedChat", "_Session"]},
        "emailAdapter": {
            "module": "tests.sdk.adapters:FileMail",
            "options": {"file": str(mails)},
        },
        "auth": {
            "badge": {"module": "tests.sdk.adapters:Badge", "door": "north"},
            "mfa": {"options": ["TOTP"]},
        },
    }
