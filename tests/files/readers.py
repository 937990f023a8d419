"""Everybody who may want to read a file, and every door to one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import httpx

from parsepy.cloud import File
from parsepy.errors import ParseError
from tests.support.local_app import (
    MAINTENANCE_KEY,
    MASTER_KEY,
    READ_ONLY_KEY,
    URL,
    LocalApp,
    User,
)

CONTENT: Final = b"what is in it"
KEYS: Final = {
    "read-only": {"X-Parse-Master-Key": READ_ONLY_KEY},
    "maintenance": {"X-Parse-Maintenance-Key": MAINTENANCE_KEY},
    "master": {"X-Parse-Master-Key": MASTER_KEY},
}
PEOPLE: Final = ("nobody", "stranger", "owner", "member", "nested member")
ACTORS: Final = (*PEOPLE, *KEYS)


@dataclass
class Readers:
    """An app in which the roles `staff` and, within it, `leads` have one member each."""

    app: LocalApp
    users: dict[str, User]

    @classmethod
    async def of(cls, app: LocalApp) -> "Readers":
        names = [name for name in PEOPLE if name != "nobody"]
        users = {name: await app.sign_up() for name in names}
        staff = await app.grant_role("staff", users["member"])
        leads = await app.grant_role("leads", users["nested member"])
        inner = {"__type": "Pointer", "className": "_Role", "objectId": leads}
        body = {"roles": {"__op": "AddRelation", "objects": [inner]}}
        await app.ok("PUT", f"/roles/{staff}", body, master=True)
        return cls(app, users)

    def headers(self, actor: str) -> dict[str, str]:
        sent = {"X-Parse-Application-Id": "app"}
        if actor in self.users:
            sent["X-Parse-Session-Token"] = self.users[actor].token
        return sent | KEYS.get(actor, {})

    def token(self, actor: str) -> str | None:
        return self.users[actor].token if actor in self.users else None

    async def upload(
        self, actor: str = "owner", name: str = "a.txt", **headers: str
    ) -> dict[str, str]:
        """The name and the address of a file that the actor has uploaded."""
        sent = self.headers(actor) | {"Content-Type": "text/plain", **headers}
        answer = await self.app.client.post(f"{URL}/files/{name}", content=CONTENT, headers=sent)
        assert answer.status_code == 201, answer.text
        stored: dict[str, str] = answer.json()
        return stored

    async def asked(self, actor: str, url: str, method: str = "GET", **more: str) -> httpx.Response:
        return await self.app.client.request(method, url, headers=self.headers(actor) | more)


def plain(name: str) -> str:
    return f"{URL}/files/app/{name}"


Door = Callable[[Readers, str, str], Awaitable[str]]
"""Tries to read what is at an address: `open`, `missing` as for a file that is not there,
`forbidden`."""


async def get(readers: Readers, actor: str, url: str) -> str:
    answer = await readers.asked(actor, url)
    return _result(answer, answer.content == CONTENT)


async def head(readers: Readers, actor: str, url: str) -> str:
    answer = await readers.asked(actor, url, "HEAD")
    assert answer.content == b""
    return _result(answer, answer.headers.get("Content-Length") == str(len(CONTENT)))


async def part(readers: Readers, actor: str, url: str) -> str:
    answer = await readers.asked(actor, url, Range="bytes=0-3")
    return _result(answer, (answer.status_code, answer.content) == (206, CONTENT[:4]))


async def metadata(readers: Readers, actor: str, url: str) -> str:
    answer = await readers.asked(actor, url.replace("/files/app/", "/files/app/metadata/"))
    if answer.status_code == 200:
        return "open" if "metadata" in answer.json() else "missing"
    return _result(answer, False)


async def cloud_code(readers: Readers, actor: str, url: str) -> str:
    name = url.partition("?")[0].removeprefix(plain(""))
    file = File(name, url=url)
    try:
        with readers.app.app.cloud_code():
            data = await file.data(
                use_master_key=actor == "master", session_token=readers.token(actor)
            )
    except ParseError as error:
        return {101: "missing", 119: "forbidden"}[error.code]
    assert data == CONTENT
    return "open"


DOORS: Final[dict[str, Door]] = {
    "get": get,
    "head": head,
    "part": part,
    "metadata": metadata,
    "cloud code": cloud_code,
}


def doors_of(actor: str) -> list[Door]:
    """Cloud code has the master key, sessions, and nothing."""
    with_code = actor in PEOPLE or actor == "master"
    return [door for name, door in DOORS.items() if with_code or name != "cloud code"]


def _result(answer: httpx.Response, is_open: bool) -> str:
    if is_open:
        return "open"
    if answer.status_code == 404:
        assert answer.content in (b"", b"File not found.")
        return "missing"
    assert answer.status_code == 403, answer.text
    assert answer.request.method == "HEAD" or answer.json()["code"] == 119
    return "forbidden"
