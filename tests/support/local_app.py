"""A whole parsepy app in this process, with the keys at hand and its store under observation."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec
import pytest

from parsepy.app import ParseApp
from parsepy.objects.context import RequestContext
from parsepy.options.load import load_options
from parsepy.permissions.caller import Caller
from parsepy.storage.opening import open_storage
from tests.support.asgi import CLIENT_ADDRESS, ORIGIN, app_client
from tests.support.recording_storage import RecordingStorage

MOUNT_PATH: Final = "/parse"
URL: Final = f"{ORIGIN}{MOUNT_PATH}"
MASTER_KEY: Final = "master-key"
MAINTENANCE_KEY: Final = "maintenance-key"
READ_ONLY_KEY: Final = "read-only-key"
OPTIONS: Final = {
    "appId": "app",
    "masterKey": MASTER_KEY,
    "maintenanceKey": MAINTENANCE_KEY,
    "readOnlyMasterKey": READ_ONLY_KEY,
    "databaseURI": "sqlite::memory:",
    "serverURL": URL,
    "mountPath": MOUNT_PATH,
    "allowClientClassCreation": True,
}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has signed up, with his session."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class LocalApp:
    app: ParseApp
    client: httpx.AsyncClient
    storage: RecordingStorage

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: User | None = None,
        master: bool = False,
        **headers: str,
    ) -> httpx.Response:
        """`path` is the one behind the mount; names of headers have `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["X-Parse-Application-Id"] = "app"
        if user is not None:
            sent["X-Parse-Session-Token"] = user.token
        if master:
            sent["X-Parse-Master-Key"] = MASTER_KEY
        content = None if body is None else json.dumps(body).encode()
        return await self.client.request(method, f"{URL}{path}", content=content, headers=sent)

    async def ok(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: User | None = None,
        master: bool = False,
        **headers: str,
    ) -> Any:
        """The body of an answer that has to be a success."""
        answer = await self.send(method, path, body, user=user, master=master, **headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def create(
        self, class_name: str, body: object, *, user: User | None = None, master: bool = False
    ) -> str:
        created = await self.ok("POST", f"/classes/{class_name}", body, user=user, master=master)
        return str(created["objectId"])

    async def find(
        self, class_name: str, where: object, *, user: User | None = None, master: bool = False
    ) -> list[dict[str, Any]]:
        body = {"_method": "GET", "where": where}
        answer = await self.ok("POST", f"/classes/{class_name}", body, user=user, master=master)
        results: list[dict[str, Any]] = answer["results"]
        return results

    async def sign_up(self, **fields: object) -> User:
        """A new user, by an identity of his own: that takes no password and so no time."""
        identity = {"anonymous": {"id": uuid4().hex}}
        answer = await self.ok("POST", "/users", {"authData": identity, **fields})
        return User(answer["objectId"], answer["sessionToken"])

    async def grant_role(self, name: str, *users: User) -> str:
        """A new role that nobody but the master key may change; the id of it."""
        members = [
            {"__type": "Pointer", "className": "_User", "objectId": user.id} for user in users
        ]
        body: dict[str, object] = {"name": name, "ACL": {}}
        if members:
            body["users"] = {"__op": "AddRelation", "objects": members}
        return str((await self.ok("POST", "/roles", body, master=True))["objectId"])

    def context(self, caller: Caller | None = None) -> RequestContext:
        """A request of `caller` (default: somebody without any key), past HTTP."""
        asking = Caller() if caller is None else msgspec.structs.replace(caller)
        return RequestContext(self.app.parts.services.objects, asking, URL)


@asynccontextmanager
async def local_app(
    *, client_address: tuple[str, int] = CLIENT_ADDRESS, **options: object
) -> AsyncIterator[LocalApp]:
    """An app with `options` (Parse names) beside those that every test needs."""
    loaded = load_options({**OPTIONS, **options}).options
    recorder = RecordingStorage(open_storage(loaded))
    app = ParseApp(loaded, recorder.storage)
    async with app_client(app, client_address=client_address) as client:
        recorder.taken_calls()
        yield LocalApp(app, client, recorder)


@pytest.fixture
async def parse() -> AsyncIterator[LocalApp]:
    """An empty app on the embedded store in memory."""
    async with local_app() as running:
        yield running
