"""`python -m parsepy.testing serve` as a process of its own."""

import json
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest

from parsepy.types import JSONObject
from tests.support.answering_server import answering_server
from tests.support.parsepy_server import running_parsepy, server_options
from tests.support.ports import free_port
from tests.support.processes import RunningProcess


def test_it_serves_is_commanded_and_ends_on_request(tmp_path: Path) -> None:
    location = f"sqlite:///{tmp_path}/app.sqlite"
    with running_parsepy(location, tmp_path) as server, httpx.Client() as client:
        client.headers["X-Parse-Application-Id"] = server.keys.app_id
        client.headers["X-Parse-Master-Key"] = server.keys.master_key
        games = f"{server.url}/classes/Game"

        assert client.post(games, json={"a": 1}).status_code == 201
        assert len(client.get(games).json()["results"]) == 1
        options = {**server_options(server.url, server.keys), "allowCustomObjectId": True}
        command = f"{server.control_url}/__test__"
        assert client.post(f"{command}/reconfigure", json=options).status_code == 200
        assert client.post(games, json={"objectId": "mine"}).json()["objectId"] == "mine"
        assert client.post(f"{command}/reset", json={}).status_code == 200
        assert client.get(games).json() == {"results": []}

        os.kill(server.process.pid, signal.SIGTERM)
        server.process.wait()

    assert "Traceback" not in server.process.output
    # A store that was closed has moved its log into the file.
    assert [path.name for path in tmp_path.glob("app.sqlite*")] == ["app.sqlite"]


def test_its_first_options_may_have_adapters_elsewhere_too(tmp_path: Path) -> None:
    with answering_server({}) as process:
        badge: JSONObject = {
            "__t": "Bridge",
            "url": process.url,
            "methods": ["validateAuthData"],
        }
        options: JSONObject = {"auth": {"badge": badge}}
        with running_parsepy("sqlite::memory:", tmp_path, options) as server:
            headers = {
                "X-Parse-Application-Id": server.keys.app_id,
                "X-Parse-REST-API-Key": server.keys.rest_key,
            }
            body = {"authData": {"badge": {"id": "1"}}}
            answer = httpx.post(f"{server.url}/users", json=body, headers=headers)

    assert answer.status_code == 201
    assert process.last["args"][0] == {"id": "1"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps({"appId": "app"}), "You must provide a masterKey!"),
        ("[]", "CONFIG must hold a JSON object"),
        (None, "CONFIG must name a JSON file with options"),
    ],
)
def test_a_wrong_configuration_ends_it_with_a_reason(
    tmp_path: Path, content: str | None, message: str
) -> None:
    environment = {"PORT": str(free_port())}
    if content is not None:
        config = tmp_path / "config.json"
        config.write_text(content)
        environment["CONFIG"] = str(config)
    command = [sys.executable, "-m", "parsepy.testing", "serve"]

    with RunningProcess(command, environment=environment, folder=tmp_path) as process:
        assert process.wait() == 2
        process.wait_for_line(lambda line: line.startswith("error: ") and message in line)
