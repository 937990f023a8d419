"""The stores on which races are run."""

import pytest


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite::memory:"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri
