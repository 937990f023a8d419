"""The stores on which log-ins are tried."""

import pytest


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty-four times less work than a real hash."""
    monkeypatch.setattr("parsepy.users.passwords.COST", 4)


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite::memory:"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri
