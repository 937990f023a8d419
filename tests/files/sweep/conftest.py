"""An app whose files are swept, on each store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.files.sweep.swept_app import SweptApp
from tests.support.local_app import local_app


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


@pytest.fixture
async def swept(database_uri: str) -> AsyncIterator[SweptApp]:
    upload = {"accessControl": "public", "enableForPublic": True}
    async with local_app(databaseURI=database_uri, fileUpload=upload, preserveFileName=True) as app:
        yield SweptApp(app)
