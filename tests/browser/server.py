"""A server with accounts and mails in a process of its own, and what its users do."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from parsepy.types import JSONMapping
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

ROOT: Final = Path(__file__).parents[2]
MASTER: Final = {"X-Parse-Master-Key": "master-key"}
MAINTENANCE: Final = {"X-Parse-Maintenance-Key": "maintenance-key"}
_OPTIONS: Final[JSONMapping] = {
    "appId": "app",
    "masterKey": "master-key",
    "maintenanceKey": "maintenance-key",
    "databaseURI": "sqlite::memory:",
    "mountPath": "/parse",
    "appName": "Kühne & Söhne",
}
_DEADLINE: Final = 20.0
_BETWEEN_LOOKS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    client: httpx.Client
    mailbox: Path

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        sent = {"X-Parse-Application-Id": "app"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, f"{self.url}{path}", json=body, headers=sent)

    def sign_up(self, name: str, password: str = "Old-password-1") -> str:
        body = {"username": name, "password": password, "email": f"{name}@example.com"}
        answer = self.send("POST", "/users", body)
        answer.raise_for_status()
        return str(answer.json()["objectId"])

    def user(self, user_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.send("GET", f"/users/{user_id}", **MASTER).json()
        return found

    def let_link_expire(self, user_id: str) -> None:
        past = {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}
        body = {"_email_verify_token_expires_at": past}
        self.send("PUT", f"/users/{user_id}", body, **MAINTENANCE).raise_for_status()

    def forgot_password(self, name: str) -> None:
        body = {"email": f"{name}@example.com"}
        self.send("POST", "/requestPasswordReset", body).raise_for_status()

    def logs_in(self, name: str, password: str) -> bool:
        body = {"username": name, "password": password}
        return self.send("POST", "/login", body).is_success

    def next_link(self) -> str:
        """That of the next letter, which is waited for and taken out of the box."""
        until, pause = time.monotonic() + _DEADLINE, threading.Event()
        while not (letters := sorted(self.mailbox.glob("*.letter"))):
            assert time.monotonic() < until, "no letter came"
            pause.wait(_BETWEEN_LOOKS)
        (letter,) = letters
        link = str(json.loads(letter.read_text())["link"])
        letter.unlink()
        return link


@contextmanager
def running_server(folder: Path, options: JSONMapping | None = None) -> Iterator[Server]:
    """`folder` takes the configuration and the letters; `${port}` in a text of the options is the
    server's port."""
    mailbox, config, port = folder / "mailbox", folder / "config.json", free_port()
    mailbox.mkdir()
    url = f"http://127.0.0.1:{port}/parse"
    given: JSONMapping = {
        **_OPTIONS,
        "serverURL": url,
        "publicServerURL": url,
        "emailAdapter": {
            "module": "tests.browser.postman:Postman",
            "options": {"folder": str(mailbox)},
        },
        **(options or {}),
    }
    config.write_text(json.dumps(given).replace("${port}", str(port)))
    command = [sys.executable, "-m", "parsepy", "serve", str(config)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with RunningProcess(command, environment={"PYTHONPATH": str(ROOT)}, folder=folder) as process:
        process.wait_for_line(lambda line: "is ready" in line)
        with httpx.Client(timeout=30) as client:
            yield Server(url, client, mailbox)
