"""The live server of one app: who is connected, who is subscribed, and what is told to whom."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from hmac import compare_digest
from typing import Final

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.livequery import frames
from parsepy.livequery.client import Client
from parsepy.livequery.delivery import Delivery
from parsepy.livequery.groups import ClassGroups
from parsepy.livequery.history import Past
from parsepy.livequery.messages import Subscribe
from parsepy.livequery.ports import Asked, LiveFigures, LiveTriggers, Monitored, Situation
from parsepy.livequery.publications import Publication
from parsepy.livequery.readers import Readers
from parsepy.livequery.sockets import GOING_AWAY
from parsepy.livequery.subscriptions import Subscription, subscription_of
from parsepy.objects import sight
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.options.model import LiveQuery
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import ParseObject

_log = logging.getLogger(__name__)

MOST_FRAMES_OF_CONDITIONS: Final = 8
"""All conditions of a connection together are at most so many times as large as one frame may
be."""

MOST_WAITING: Final = 10_000
"""Publications that wait to be told; then writes wait for them."""


class LiveServer:
    def __init__(
        self,
        options: LiveQuery,
        objects: ObjectServices,
        readers: Readers,
        triggers: LiveTriggers,
        history: Past,
    ) -> None:
        self.readers: Final = readers
        self.triggers: Final = triggers
        self.max_unsent: Final = options.max_unsent
        self._options = options
        self._objects = objects
        self._clients: set[Client] = set()
        self._classes: dict[str, ClassGroups] = {}
        self._history = history
        self._waiting: asyncio.Queue[Publication] = asyncio.Queue(MOST_WAITING)
        self._turn = asyncio.Lock()
        """Held while one publication is told, or missed ones are: nobody hears them twice or in
        another order."""
        self._task: asyncio.Task[None] | None = None

    # -- life

    def start(self) -> None:
        self._task = asyncio.create_task(self._tell_all(), name="parsepy-live")

    async def close(self) -> None:
        """Tells what is waiting, then ends all connections."""
        if self._task is not None:
            await self._waiting.join()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._end_all()

    def forget(self) -> None:
        """As a server that has just started: for tests."""
        self._end_all()
        self._history.forget()

    def _end_all(self) -> None:
        for client in tuple(self._clients):
            client.close(GOING_AWAY)

    async def take(self, publication: Publication) -> None:
        await self._waiting.put(publication)

    async def drained(self) -> None:
        """Waits until what has been taken is told or is with the app's code."""
        await self._waiting.join()

    async def settled(self) -> None:
        """Waits until what has been taken is told, the app's code having had its say."""
        await self.drained()
        for client in tuple(self._clients):
            await client.lane.settled()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to remember of anybody."""
        return not self._clients and not self._classes

    @property
    def figures(self) -> LiveFigures:
        return LiveFigures(
            clients=len(self._clients),
            subscriptions=sum(len(client.subscriptions) for client in self._clients),
            queries=sum(map(len, self._classes.values())),
            waiting=self._waiting.qsize(),
        )

    @property
    def position(self) -> str:
        """Of the last change that was told."""
        return self._history.position

    # -- clients

    def lets_in(self, keys: Mapping[str, str]) -> bool:
        """Any one of the configured keys opens; without any, everybody may come."""
        pairs = self._options.key_pairs
        return not pairs or any(_is_same(keys.get(name), key) for name, key in pairs.items())

    def is_master(self, keys: Mapping[str, str]) -> bool:
        key = self._options.key_pairs.get("masterKey")
        return bool(key) and _is_same(keys.get("masterKey"), key)

    async def connect(self, client: Client) -> None:
        """Raises what refuses it."""
        ctx = await self.readers.context_of(client.token, installation_id=client.installation_id)
        await self.triggers.before_connect(ctx, self.situation_of(client))
        self._clients.add(client)
        client.send(frames.connected(client.head))
        self.monitor("connect", client, user=ctx.caller.user)

    def disconnect(self, client: Client) -> None:
        self._clients.discard(client)
        client.lane.close()
        for subscription in tuple(client.subscriptions.values()):
            self._remove(subscription)

    def situation_of(self, client: Client, token: str | None = None) -> Situation:
        return Situation(
            client.id,
            len(self._clients),
            len(self._classes),
            token or client.token,
            client.is_master,
            client.installation_id,
        )

    def monitor(
        self, event: str, client: Client | None = None, user: ParseObject | None = None
    ) -> None:
        known = None if client is None else self.situation_of(client)
        self.triggers.monitor(Monitored(event, len(self._clients), len(self._classes), known, user))

    # -- subscriptions

    async def subscribe(self, client: Client, asked: Subscribe) -> None:
        """Answers too. Raises what refuses it; then a subscription under its id goes on."""
        previous = client.subscriptions.get(asked.request_id)
        if previous is None and len(client.subscriptions) >= self._options.max_subscriptions:
            raise ParseError(
                Code.REQUEST_LIMIT_EXCEEDED,
                f"A connection may have {self._options.max_subscriptions} subscriptions",
            )
        token = asked.session_token or client.token
        ctx = await self.readers.context_of(token, is_master=client.is_master)
        wanted = await self._as_code_wants(client, asked, token)
        subscription = subscription_of(client, wanted, token)
        self._check_size(subscription, previous)
        schema, where = await self._judged(ctx, subscription)
        if previous is not None:
            self.unsubscribe(previous)
        if asked.since is None:
            self._add(subscription, schema, where)
            client.send(frames.subscribed(subscription.head))
        else:
            await self._history.reach(asked.since)
            async with self._turn:
                self._add(subscription, schema, where)
                await self._resume(subscription, asked.since)
        self.monitor("subscribe", client)

    def unsubscribe(self, subscription: Subscription) -> None:
        self._remove(subscription)
        self.monitor("unsubscribe", subscription.client)

    def _remove(self, subscription: Subscription) -> None:
        if subscription.client.subscriptions.pop(subscription.request_id, None) is not None:
            subscription.client.size -= subscription.size
        groups = self._classes.get(subscription.class_name)
        if groups is not None:
            groups.remove(subscription)
            if not groups:
                del self._classes[subscription.class_name]

    def _check_size(self, wanted: Subscription, previous: Subscription | None) -> None:
        size = wanted.client.size + wanted.size - (0 if previous is None else previous.size)
        if size > MOST_FRAMES_OF_CONDITIONS * self._options.max_frame:
            raise ParseError(
                Code.REQUEST_LIMIT_EXCEEDED, "The conditions of this connection are too large"
            )

    async def _as_code_wants(
        self, client: Client, asked: Subscribe, token: str | None
    ) -> Subscribe:
        """As the app's beforeSubscribe leaves it. Raises what that raises."""
        ctx = await self.readers.context_of(token, installation_id=client.installation_id)
        wanted = await self.triggers.before_subscribe(
            ctx,
            self.situation_of(client, token),
            Asked(
                "update" if asked.is_update else "subscribe",
                asked.request_id,
                asked.class_name,
                asked.where,
                asked.keys,
                asked.watch,
            ),
        )
        return replace(asked, where=wanted.where, keys=wanted.keys, watch=wanted.watch)

    async def _judged(
        self, ctx: RequestContext, subscription: Subscription
    ) -> tuple[ClassSchema, Where]:
        """The condition as it is read now. Raises what a find with it would raise."""
        caller = ctx.caller
        if subscription.class_name == "_Session" and not (caller.user or caller.is_privileged):
            raise errors.invalid_session_token()
        seen = await sight.sight_of(ctx, subscription.class_name, by_id=subscription.by_id)
        where = await sight.conditions(
            ctx, seen.schema, subscription.where, subscription.watch or ()
        )
        return seen.schema, where

    def _add(self, subscription: Subscription, schema: ClassSchema, where: Where) -> None:
        groups = self._classes.get(subscription.class_name)
        if groups is None:
            groups = self._classes[subscription.class_name] = ClassGroups(schema)
        groups.read_anew(schema)
        groups.add(subscription, where)
        subscription.client.subscriptions[subscription.request_id] = subscription
        subscription.client.size += subscription.size

    async def _resume(self, subscription: Subscription, since: str) -> None:
        """Tells what came after `since`, as the subscriber may see it now."""
        missed = self._history.since(since) if since else []
        subscription.client.send(
            frames.subscribed(subscription.head, self._history.position, resumed=missed is not None)
        )
        for position, publication in missed or ():
            if publication.class_name == subscription.class_name:
                delivery = await self._delivery(publication, position)
                await delivery.to_one(subscription)

    # -- telling

    async def _tell_all(self) -> None:
        while True:
            publication = await self._waiting.get()
            try:
                async with self._turn:
                    await self._tell(publication)
            except Exception:
                _log.exception("a change of %s was not told", publication.class_name)
            finally:
                self._waiting.task_done()

    async def _tell(self, publication: Publication) -> None:
        position = self._history.add(publication)
        groups = self._classes.get(publication.class_name)
        if groups is None:
            return
        delivery = await self._delivery(publication, position)
        groups.read_anew(delivery.schema)
        await delivery.to_all(groups)

    async def _delivery(self, publication: Publication, position: str) -> Delivery:
        schema = await self._objects.schemas.get(publication.class_name)
        return Delivery(publication, position, schema, self)


def _is_same(shown: str | None, key: str | None) -> bool:
    """In a time that does not tell how much of a key was right."""
    return shown is not None and key is not None and compare_digest(shown.encode(), key.encode())
