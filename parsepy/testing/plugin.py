"""The pytest plug-in: fixtures for tests of an app's cloud code (docs/testing.md).

Every pytest of an environment that has parsepy imports it, so it imports nothing of it itself.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from parsepy.cloud.registry import Registry
    from parsepy.email.memory import MemoryAdapter
    from parsepy.testing.app_under_test import Apps, AppUnderTest
    from parsepy.testing.movable_clock import MovableClock
    from parsepy.testing.rest_client import RestClient

_ANYIO_BACKEND: Final = "anyio_backend"
_CODE: Final[pytest.StashKey["Registry"]] = pytest.StashKey()
_APPS: Final[pytest.StashKey["Apps"]] = pytest.StashKey()
_LASTS: Final = pytest.StashKey[bool]()
"""Whether anyio's plug-in may keep one event loop for the whole session."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "parse_cloud",
        "parsepy: the cloud code under test, as paths from this file on, or as modules",
        type="args",
        default=[],
    )
    parser.addini(
        "parse_options",
        "parsepy: options of the app under test, as JSON or as the path of a JSON file",
        default="",
    )


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Loads the cloud code before tests are imported: they may import its modules, and what those
    define has to be registered by then. Raises `UsageError` with its traceback."""
    sources = [_located(early_config, one) for one in early_config.getini("parse_cloud")]
    if not sources:
        return
    from parsepy.cloud.loader import CloudCode, CloudCodeError

    try:
        early_config.stash[_CODE] = CloudCode(sources).load()
    except CloudCodeError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> None:
    if fixturedef.argname == _ANYIO_BACKEND:
        request.config.stash[_LASTS] = fixturedef.scope == "session"


@pytest.fixture(scope="session")
def parse_options(pytestconfig: pytest.Config) -> dict[str, object]:
    """The options of the app under test. Override it, also for a module or a class."""
    from parsepy.options.errors import OptionsError
    from parsepy.testing.app_options import read_options

    try:
        return read_options(pytestconfig.getini("parse_options"), _folder(pytestconfig))
    except OptionsError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.fixture
def parse_app(
    request: pytest.FixtureRequest, parse_options: dict[str, object]
) -> Iterator["AppUnderTest"]:
    """An app of this test alone, in memory, with the project's cloud code."""
    from parsepy.cloud.registry import Registry
    from parsepy.testing.app_under_test import Apps, AppUnderTest

    _keep_loop(request)
    stash = request.config.stash
    if _APPS not in stash:
        stash[_APPS] = Apps(stash.get(_CODE, None) or Registry())
    apps = stash[_APPS]
    yield AppUnderTest(apps, parse_options)
    apps.tidy()


@pytest.fixture
def parse_client(parse_app: "AppUnderTest") -> "RestClient":
    """Nobody in particular, over REST."""
    return parse_app.client


@pytest.fixture
def parse_master(parse_app: "AppUnderTest") -> "RestClient":
    """The master key, over REST."""
    return parse_app.master


@pytest.fixture
def parse_mails(parse_app: "AppUnderTest") -> "MemoryAdapter":
    """The mails that the app has sent."""
    return parse_app.mails


@pytest.fixture
def parse_clock(parse_app: "AppUnderTest") -> "MovableClock":
    """The clock of the app."""
    return parse_app.clock


@pytest.fixture(scope="session")
async def parse_loop() -> AsyncIterator[None]:
    """As long as it lasts, anyio's plug-in keeps its event loop, and the app in it."""
    yield  # noqa: PT022 (a fixture that returns does not last)


def _keep_loop(request: pytest.FixtureRequest) -> None:
    if _ANYIO_BACKEND not in request.fixturenames:
        return
    request.getfixturevalue(_ANYIO_BACKEND)
    if request.config.stash[_LASTS]:
        request.getfixturevalue("parse_loop")


def _located(config: pytest.Config, source: str) -> str:
    path = _folder(config) / source
    return str(path) if path.exists() else source


def _folder(config: pytest.Config) -> Path:
    """Of the configuration file."""
    return config.rootpath if config.inipath is None else config.inipath.parent
