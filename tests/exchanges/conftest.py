from collections.abc import Iterator

import pytest

from tests.exchanges.cloud_code import answer
from tests.support.answering_server import answering_server
from tests.support.parsepy_stores import parsepy

__all__ = ["parsepy"]


@pytest.fixture(scope="session")
def cloud_code() -> Iterator[str]:
    """Where the cloud code of the exchanges is called."""
    with answering_server(answer) as server:
        yield server.url
