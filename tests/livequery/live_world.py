"""An app with clients of LiveQuery, and what each of them has to be told by what finds tell."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from parsepy.types import JSONObject
from tests.livequery.conftest import PUBLISHED
from tests.query import samples
from tests.support.live_client import LiveClient, live_client
from tests.support.local_app import LocalApp, User, local_app

CLASS: Final = "Chat"
CLIENTS: Final = 3
_ALWAYS: Final = {"className", "objectId", "createdAt", "updatedAt", "ACL"}


@dataclass(slots=True)
class Wanted:
    """A subscription as the client has asked for it."""

    where: JSONObject
    keys: list[str] | None
    watch: list[str] | None


@dataclass(slots=True)
class Peer:
    """A client, who he is, and what he has subscribed to."""

    client: LiveClient
    user: User | None = None
    wanted: dict[int, Wanted] = field(default_factory=dict)


class LiveWorld:
    """Everything runs in one loop of its own, so that rules may be plain functions."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        try:
            self._runner.run(self._start())
        except BaseException:
            self.close()
            raise

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        try:
            self._runner.run(self._stack.aclose())
        finally:
            self._runner.close()

    async def _start(self) -> None:
        enter = self._stack.enter_async_context
        self.app: LocalApp = await enter(local_app(liveQuery=PUBLISHED, allowCustomObjectId=True))
        self.users = [await self.app.sign_up() for _ in range(2)]
        self.role = await self.app.grant_role("Admins")
        self.objects: list[str] = []
        self._made = 0
        fields = {name: _described(name) for name in samples.FIELDS}
        body = {"className": CLASS, "fields": fields}
        await self.app.ok("POST", f"/schemas/{CLASS}", body, master=True)
        self.peers = [Peer(await enter(live_client(self.app))) for _ in range(CLIENTS)]
        for peer in self.peers:
            await peer.client.connect()

    # -- what clients do

    async def connect(self, place: int, user: int | None) -> None:
        peer = self.peers[place]
        peer.user = None if user is None else self.users[user]
        peer.wanted.clear()
        await peer.client.connect(peer.user)

    async def subscribe(self, place: int, request_id: int, wanted: Wanted) -> None:
        """What a find refuses is refused, with the same code."""
        peer = self.peers[place]
        asked: dict[str, Any] = {
            name: value for name, value in (("keys", wanted.keys), ("watch", wanted.watch)) if value
        }
        answer = await peer.client.subscribe(CLASS, wanted.where, request_id=request_id, **asked)
        found = await self.app.send(
            "POST", f"/classes/{CLASS}", {"_method": "GET", "where": wanted.where}
        )
        if found.is_success:
            assert answer["op"] == "subscribed", answer
            peer.wanted[request_id] = wanted
        else:
            assert (answer["op"], answer["code"]) == ("error", found.json()["code"]), answer

    async def unsubscribe(self, place: int, request_id: int) -> None:
        peer = self.peers[place]
        answer = await peer.client.ask(op="unsubscribe", requestId=request_id)
        known = peer.wanted.pop(request_id, None) is not None
        assert answer["op"] == ("unsubscribed" if known else "error")

    # -- what happens

    async def create(self, body: JSONObject) -> None:
        # Ids are compared by conditions: random ones would make no example repeatable.
        self._made += 1
        chosen = {**self._granted(body), "objectId": f"id{self._made}"}
        created = await self.app.create(CLASS, chosen, master=True)
        self.objects.append(created)
        await self._compare(created, before=None)

    async def update(self, place: int, body: JSONObject) -> None:
        object_id = self.objects[place % len(self.objects)]
        before = await self._looks(object_id)
        await self.app.ok("PUT", f"/classes/{CLASS}/{object_id}", self._granted(body), master=True)
        await self._compare(object_id, before)

    async def delete(self, place: int) -> None:
        object_id = self.objects.pop(place % len(self.objects))
        before = await self._looks(object_id)
        await self.app.ok("DELETE", f"/classes/{CLASS}/{object_id}", master=True)
        for peer, shown in zip(self.peers, before, strict=True):
            gone = {
                (number, "delete"): (_cut(matching, peer.wanted[number].keys), None)
                for number, (matching, _) in shown.items()
                if matching is not None
            }
            assert _seen(await peer.client.told()) == gone

    async def change_role(self, user: int, *, joins: bool) -> None:
        operation = "AddRelation" if joins else "RemoveRelation"
        member = {"__type": "Pointer", "className": "_User", "objectId": self.users[user].id}
        body = {"users": {"__op": operation, "objects": [member]}}
        await self.app.ok("PUT", f"/roles/{self.role}", body, master=True)

    async def log_out(self, user: int) -> None:
        """His sockets stay; to them he is nobody from now on."""
        gone = self.users[user]
        await self.app.ok("POST", "/logout", {}, user=gone)
        for peer in self.peers:
            if peer.user == gone:
                peer.user = None
        self.users[user] = await self.app.sign_up()

    # -- what finds tell

    async def _compare(
        self, object_id: str, before: list[dict[int, tuple[Any, Any]]] | None
    ) -> None:
        after = await self._looks(object_id)
        for place, peer in enumerate(self.peers):
            expected: dict[tuple[int, str], tuple[Any, Any]] = {}
            for number, wanted in peer.wanted.items():
                was, seen_before = (None, None) if before is None else before[place][number]
                now, seen_now = after[place][number]
                kind = _kind(was, now, is_new=before is None)
                if kind is None or not _is_watched(wanted.watch, kind, seen_now, seen_before):
                    continue
                shown = seen_now if seen_now is not None else seen_before
                original = seen_before if kind != "create" else None
                expected[number, kind] = (_cut(shown, wanted.keys), _cut(original, wanted.keys))
            assert _seen(await peer.client.told()) == expected, peer.wanted

    async def _looks(self, object_id: str) -> list[dict[int, tuple[Any, Any]]]:
        """For each client and subscription: the object if a find with its condition finds it, and
        if the client may read it at all."""
        looks = []
        for peer in self.peers:
            bare = await self._find({"objectId": object_id}, peer.user)
            looks.append(
                {
                    number: (
                        await self._find(
                            {"$and": [wanted.where, {"objectId": object_id}]}, peer.user
                        ),
                        bare,
                    )
                    for number, wanted in peer.wanted.items()
                }
            )
        return looks

    async def _find(self, where: JSONObject, user: User | None) -> dict[str, Any] | None:
        rows = await self.app.find(CLASS, where, user=user)
        return {**rows[0], "className": CLASS, "__type": "Object"} if rows else None

    def _granted(self, body: JSONObject) -> JSONObject:
        """`user` in an access list is the first of the users."""
        acl = body.get("ACL")
        if not isinstance(acl, dict):
            return body
        named = {self.users[0].id if name == "user" else name: acl[name] for name in acl}
        return {**body, "ACL": named}


def _described(name: str) -> JSONObject:
    type_ = samples.FIELDS[name]
    target: JSONObject = {} if type_.target_class is None else {"targetClass": type_.target_class}
    return {"type": type_.name, **target}


def _kind(was: object, now: object, *, is_new: bool) -> str | None:
    if was is not None:
        return "update" if now is not None else "leave"
    if now is None:
        return None
    return "create" if is_new else "enter"


def _is_watched(watch: list[str] | None, kind: str, now: Any, before: Any) -> bool:
    if not watch or kind not in ("create", "update"):
        return True
    # A field that is null is not one that is not there.
    return any((now or {}).get(name, ...) != (before or {}).get(name, ...) for name in watch)


def _cut(shown: dict[str, Any] | None, keys: list[str] | None) -> dict[str, Any] | None:
    if shown is None or not keys:
        return shown
    return {name: value for name, value in shown.items() if name in {*_ALWAYS, "__type", *keys}}


def _seen(told: list[dict[str, Any]]) -> dict[tuple[int, str], tuple[Any, Any]]:
    seen = {
        (frame["requestId"], frame["op"]): (frame.get("object"), frame.get("original"))
        for frame in told
    }
    assert len(seen) == len(told), told
    return seen
