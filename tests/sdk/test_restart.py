"""The unchanged JavaScript SDK stays while its server is started again, on every store."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsepy.types import JSONMapping
from tests.sdk.stories import FOLDER, failures, run_story
from tests.support.answering_server import answering_server
from tests.support.availability import MissingComponentError, component_missing
from tests.support.restarting import Restarting, restarting

OPTIONS: JSONMapping = {"liveQuery": {"classNames": ["Chat"]}}


@pytest.fixture(params=["sqlite", "mongodb"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Restarting]:
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    with restarting(uri, tmp_path, OPTIONS) as running:
        yield running


def test_live_queries_go_on(server: Restarting) -> None:
    def restart(path: str, body: object) -> dict[str, str]:
        server.restart()
        return {"path": path}

    with answering_server(restart) as button:
        keys = server.parsepy.keys
        environment = {
            "PATH": os.environ["PATH"],
            "PARSE_SERVER_URL": server.parsepy.url,
            "PARSE_APP_ID": keys.app_id,
            "PARSE_JAVASCRIPT_KEY": keys.javascript_key,
            "PARSE_MASTER_KEY": keys.master_key,
            "PARSE_RESTART_URL": button.url,
        }
        try:
            steps = run_story(FOLDER / "restarts" / "live_queries.mjs", environment)
        except MissingComponentError as missing:
            component_missing(missing)

    failed = failures(steps)
    assert not failed, failed
