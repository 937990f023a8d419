"""The triggers of LiveQuery, as its server calls them."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

import msgspec

from parsepy.cloud import loading, requests
from parsepy.cloud.answers import encoded
from parsepy.cloud.current import running
from parsepy.cloud.decorators import LiveListener
from parsepy.cloud.handling import handle
from parsepy.cloud.live_requests import (
    ConnectRequest,
    EventRequest,
    LiveQueryEvent,
    SubscribeRequest,
)
from parsepy.cloud.objects import Object
from parsepy.cloud.pseudo_classes import CONNECT_CLASS
from parsepy.cloud.queries import Query
from parsepy.cloud.registry import Entry, Registry
from parsepy.cloud.runner import Runner
from parsepy.cloud.users import User
from parsepy.livequery.lanes import Lane, LaneFull
from parsepy.livequery.ports import Asked, Happened, Monitored, Situation
from parsepy.objects.context import RequestContext
from parsepy.types import JSONObject, JSONValue, ParseObject

_log = logging.getLogger(__name__)

EVENTS: Final = frozenset(("create", "enter", "update", "leave", "delete"))


class HandledLiveTriggers:
    """`live_query_server`'s triggers of one app; which there are is asked of the registry each
    time, so that code which is loaded anew counts at once."""

    def __init__(self, registry: Registry, runner: Runner) -> None:
        self._registry = registry
        self._runner = runner
        self._listening = Lane()

    async def before_connect(self, ctx: RequestContext, situation: Situation) -> None:
        entry = self._entry("beforeConnect", CONNECT_CLASS)
        if entry is None:
            return
        with running(self._runner.app):
            request = ConnectRequest(
                **_common(ctx),
                trigger_name="beforeConnect",
                event="connect",
                client=situation.client_id,
                clients=situation.clients,
                subscriptions=situation.subscriptions,
                session_token=situation.session_token,
                use_master_key=situation.use_master_key,
            )
        await handle(entry, self._runner, ctx, request)

    async def before_subscribe(
        self, ctx: RequestContext, situation: Situation, asked: Asked
    ) -> Asked:
        entry = self._entry("beforeSubscribe", asked.class_name)
        if entry is None:
            return asked
        with running(self._runner.app):
            request: SubscribeRequest[Object] = SubscribeRequest(
                **_common(ctx),
                trigger_name="beforeSubscribe",
                op=asked.op,
                subscription_id=asked.request_id,
                query=Query(asked.class_name, _query_json(asked)),
                session_token=situation.session_token,
            )
        result = await handle(entry, self._runner, ctx, request)
        query = result if isinstance(result, Query) else request.query
        return _changed(asked, query.to_json())

    def judges_events_of(self, class_name: str) -> bool:
        return ("afterEvent", class_name) in self._registry.triggers

    async def after_event(
        self, ctx: RequestContext, situation: Situation, happened: Happened
    ) -> Happened | None:
        entry = self._entry("afterEvent", happened.class_name)
        if entry is None:
            return happened
        with running(self._runner.app):
            request: EventRequest[Object] = EventRequest(
                **_common(ctx),
                trigger_name="afterEvent",
                object=self._object(happened.class_name, happened.object),
                original=(
                    None
                    if happened.original is None
                    else self._object(happened.class_name, happened.original)
                ),
                event=happened.event,
                client=situation.client_id,
                clients=situation.clients,
                subscriptions=situation.subscriptions,
                session_token=situation.session_token,
                use_master_key=situation.use_master_key,
            )
        await handle(entry, self._runner, ctx, request)
        if not request.send_event or request.event not in EVENTS:
            return None
        return msgspec.structs.replace(
            happened,
            event=request.event,
            object=_document(request.object),
            original=None if request.original is None else _document(request.original),
        )

    def monitor(self, happened: Monitored) -> None:
        """Listeners are called one after another, each event after the one before; what they raise
        is for the log. Where they are far too slow, they miss events."""
        if not self._registry.live_listeners:
            return
        event = _event(happened)
        with suppress(LaneFull):
            self._listening.put(partial(self._tell, tuple(self._registry.live_listeners), event))

    async def _tell(self, listeners: Sequence[LiveListener], event: LiveQueryEvent) -> None:
        for listener in listeners:
            try:
                await self._runner.call(listener, event, unnamed="A listener failed.")
            except Exception:
                _log.exception("a listener of LiveQuery failed at %s", event.event)

    def _entry(self, kind: str, class_name: str) -> Entry | None:
        return self._registry.triggers.get((kind, class_name))

    def _object(self, class_name: str, document: ParseObject) -> Object:
        made = loading.class_of(class_name, self._registry.classes)
        return made(class_name, str(document["objectId"]), dict(document), existed=True)


def _common(ctx: RequestContext) -> dict[str, Any]:
    """No trigger of LiveQuery is the master's: validators hold for everybody."""
    return {**requests.common(ctx), "master": False}


def _query_json(asked: Asked) -> JSONObject:
    query: JSONObject = {"where": asked.where}
    if asked.keys is not None:
        query["keys"] = ",".join(asked.keys)
    if asked.watch is not None:
        query["watch"] = ",".join(asked.watch)
    return query


def _changed(asked: Asked, query: JSONObject) -> Asked:
    where = query.get("where")
    return msgspec.structs.replace(
        asked,
        where=where if isinstance(where, dict) else {},
        keys=_names(query.get("keys")),
        watch=_names(query.get("watch")),
    )


def _names(value: JSONValue) -> tuple[str, ...] | None:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list):
        return None
    return tuple(str(name) for name in listed if name) or None


def _document(one: Object) -> ParseObject:
    """As a find shows it, with the id that `to_json` leaves to its pointer."""
    return cast("ParseObject", encoded(one.to_json()))


def _event(happened: Monitored) -> LiveQueryEvent:
    event = LiveQueryEvent(
        event=happened.event,
        clients=happened.clients,
        subscriptions=happened.subscriptions,
        error=cast("str | None", happened.details.get("error")),
    )
    client = happened.client
    if client is not None:
        event.client = client.client_id
        event.session_token = client.session_token
        event.use_master_key = client.use_master_key
        event.installation_id = client.installation_id
    if happened.user is not None:
        event.user = cast(
            "User", loading.refer("_User", str(happened.user["objectId"]), dict(happened.user))
        )
    return event
