"""`parsepy serve` as a person runs it: a real process on a real store."""

import json
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.ports import free_port
from tests.support.processes import RunningProcess

PARSEPY = str(Path(sysconfig.get_path("scripts")) / "parsepy")


def serve(folder: Path, *arguments: str, **environment: str) -> RunningProcess:
    # Empty variables count as unset, whatever the machine that runs the tests has.
    return RunningProcess(
        [PARSEPY, "serve", *arguments], folder=folder, environment={"PORT": "", **environment}
    )


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[RunningProcess, str]]:
    """The process and its URL, once it has printed its screen."""
    with serve(folder, "--port", "0", *arguments) as process:
        process.wait_for_line(lambda line: " is ready after " in line)
        url = process.wait_for_line(lambda line: line.startswith("  URL "))
        process.wait_for_line(lambda line: line.startswith("  Store "))
        yield process, url.split()[1]


def answer(request: urllib.request.Request | str) -> object:
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_one_command_starts_a_server_that_takes_a_first_object(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url):
        keys = json.loads((tmp_path / "parse-data" / "keys.json").read_text())
        headers = {"X-Parse-Application-Id": keys["appId"]}

        health = answer(f"{url}/health")
        body = b'{"player":"Ada","score":1337}'
        create = urllib.request.Request(f"{url}/classes/GameScore", body, headers, method="POST")
        created = answer(create)
        assert isinstance(created, dict)
        found = answer(
            urllib.request.Request(f"{url}/classes/GameScore/{created['objectId']}", None, headers)
        )

        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/parse")
        assert health == {"status": "ok"}
        assert isinstance(found, dict)
        assert (found["player"], found["score"]) == ("Ada", 1337)
        assert keys["masterKey"] in process.output
        assert (tmp_path / "parse-data" / "parse.sqlite").exists()


def test_a_first_start_shows_the_mail_of_a_reset_and_its_link_works(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url):
        keys = json.loads((tmp_path / "parse-data" / "keys.json").read_text())
        headers = {"X-Parse-Application-Id": keys["appId"]}
        for path, body in (
            ("users", {"username": "ann", "password": "first", "email": "ann@example.com"}),
            ("requestPasswordReset", {"email": "ann@example.com"}),
        ):
            content = json.dumps(body).encode()
            answer(urllib.request.Request(f"{url}/{path}", content, headers, method="POST"))

        subject = process.wait_for_line(lambda line: line.startswith("  | Subject:"))
        link = process.wait_for_line(lambda line: line.startswith("  | http"))[4:]
        with urllib.request.urlopen(link, timeout=10) as page:
            form = page.read().decode()

    assert subject == "  | Subject: Password Reset for My app"
    assert link.startswith(f"{url}/apps/{keys['appId']}/request_password_reset?token=")
    assert "<form" in form


@pytest.mark.parametrize("workers", [1, 2])
def test_a_mail_server_that_cannot_be_is_told_in_a_line(tmp_path: Path, workers: int) -> None:
    given = '{"module":"smtp","options":{"from":"a@b.c"}}'
    arguments = ("--port", "0", "--email-adapter", given, "--cluster", str(workers))
    with serve(tmp_path, *arguments) as process:
        process.wait_for_line(lambda line: "Option emailAdapter.options.host is required" in line)

        assert process.wait() != 0
        assert "Traceback" not in process.output


def test_ctrl_c_ends_it_cleanly_and_the_next_start_has_the_same_keys(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, _):
        process.interrupt()

        assert process.wait() == 0
        assert "Traceback" not in process.output
    keys = json.loads((tmp_path / "parse-data" / "keys.json").read_text())

    with serving(tmp_path) as (process, _):
        assert keys["appId"] in process.output
        assert keys["masterKey"] not in process.output
        assert "keys.json" in process.output


def test_a_config_file_of_parse_server_is_taken(tmp_path: Path) -> None:
    config = {
        "appId": "myApp",
        "masterKey": "mySecretMasterKey",
        "host": "127.0.0.1",
        "mountPath": "/1",
        "databaseURI": "sqlite::memory:",
        "push": {"ios": {}},
    }
    (tmp_path / "config.json").write_text(json.dumps({"apps": [config]}), encoding="utf-8")

    with serving(tmp_path, "config.json") as (process, url):
        assert url.endswith("/1")
        assert answer(f"{url}/health") == {"status": "ok"}
        process.wait_for_line(lambda line: "Option push is not supported yet" in line)
        assert "mySecretMasterKey" not in process.output


def test_a_taken_port_ends_with_code_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with serve(tmp_path, "--port", str(port)) as process:
            assert process.wait() == 1
            process.wait_for_line(lambda line: f"Port {port} on 127.0.0.1 is in use" in line)


def test_a_wrong_option_ends_with_code_2(tmp_path: Path) -> None:
    with serve(tmp_path, "--port", "many") as process:
        assert process.wait() == 2
        assert process.output == "parsepy: Key port has invalid value many"


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    uri = f"mongodb://user:secret@127.0.0.1:{free_port()}/app?serverSelectionTimeoutMS=200"

    with serve(tmp_path, "--port", "0", "--database-uri", uri) as process:
        assert process.wait() == 1
        process.wait_for_line(lambda line: line.startswith("parsepy: The database at "))
        assert "Traceback" not in process.output
        assert "secret" not in process.output


def test_a_cluster_serves_and_ends_as_one(tmp_path: Path) -> None:
    with serving(tmp_path, "--cluster", "2") as (process, url):
        workers = psutil.Process(process.pid).children()

        assert len(workers) == 2
        assert answer(f"{url}/health") == {"status": "ok"}
        psutil.Process(process.pid).send_signal(signal.SIGTERM)
        assert process.wait() == 0
        assert not any(worker.is_running() for worker in workers)


def test_a_worker_told_twice_to_end_still_ends_in_order(tmp_path: Path) -> None:
    with serving(tmp_path, "--cluster", "2") as (process, _):
        workers = psutil.Process(process.pid).children()
        for worker in workers:
            worker.suspend()
            worker.terminate()
            worker.send_signal(signal.SIGINT)
        psutil.Process(process.pid).send_signal(signal.SIGTERM)
        for worker in workers:
            worker.resume()

        assert process.wait() == 0
        assert "Traceback" not in process.output


LATE = (
    *("httpx", "apscheduler", "pywebpush", "websockets", "pymongo", "bson"),
    *("jinja2", "aiosmtplib"),
)
IMPORTS_OF_A_START = f"""
import sys
import parsepy.app, parsepy.cli.banner, parsepy.cli.listen, parsepy.cli.serve, parsepy.cli.server
import parsepy.email.opening, parsepy.email.smtp
print(*(name for name in {LATE} if name in sys.modules))
"""


def test_a_start_imports_late_what_it_may_not_need() -> None:
    found = subprocess.run(
        [sys.executable, "-c", IMPORTS_OF_A_START], capture_output=True, text=True, check=True
    )

    assert found.stdout.split() == []


def _log(url: str, number: int) -> list[str]:
    """As soon as there are so many: the worker that is asked waits for its own entries only."""
    deadline = time.monotonic() + 60
    while len(messages := _messages(url)) < number and time.monotonic() < deadline:
        pass
    return messages


def _messages(url: str) -> list[str]:
    headers = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master"}
    asked = urllib.request.Request(f"{url}/scriptlog?level=info&n=100", None, headers)
    found = answer(asked)
    assert isinstance(found, list)
    return [entry["message"] for entry in found]


def test_its_log_is_in_a_folder_beside_it_and_all_workers_write_there(tmp_path: Path) -> None:
    keys = ("--app-id", "app", "--master-key", "master", "--max-log-files", "7d")
    headers = {"X-Parse-Application-Id": "app"}
    with serving(tmp_path, *keys, "--cluster", "2") as (_, url):
        for number in range(20):
            missing = urllib.request.Request(f"{url}/functions/none{number}", b"{}", headers)
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(missing, timeout=10)
        messages = _log(url, 20)

    assert sorted(messages) == sorted(f'Invalid function: "none{number}"' for number in range(20))
    (file,) = (tmp_path / "logs").iterdir()
    assert file.name.startswith("parse-server.info.")
    assert len(file.read_text().splitlines()) == 20


def test_a_killed_server_has_kept_what_it_had_written(tmp_path: Path) -> None:
    keys = ("--app-id", "app", "--master-key", "master")
    headers = {"X-Parse-Application-Id": "app"}
    with serving(tmp_path, *keys) as (process, url):
        missing = urllib.request.Request(f"{url}/functions/none", b"{}", headers)
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(missing, timeout=10)
        before = _log(url, 1)
        process.kill()

    (file,) = (tmp_path / "logs").iterdir()
    kept = [json.loads(line)["message"] for line in file.read_text().splitlines()]
    assert kept == before == ['Invalid function: "none"']
