from collections.abc import Iterator
from typing import Final

import pytest

from parsepy.types import JSONMapping
from tests.exchanges.cloud_code import answer
from tests.support.answering_server import answering_server
from tests.support.parsepy_server import RunningParsepy
from tests.support.parsepy_stores import STORES, parsepy_on

OPTIONS: Final[JSONMapping] = {"liveQuery": {"classNames": ["SdkLive"]}}


@pytest.fixture(scope="session", params=STORES)
def parsepy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningParsepy]:
    with parsepy_on(request, tmp_path_factory.mktemp("exchanges"), OPTIONS) as server:
        yield server


@pytest.fixture(scope="session")
def cloud_code() -> Iterator[str]:
    """Where the cloud code of the exchanges is called."""
    with answering_server(answer) as server:
        yield server.url
