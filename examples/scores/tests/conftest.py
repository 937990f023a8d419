"""What all tests share: one event loop, in which the app goes on from test to test."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
