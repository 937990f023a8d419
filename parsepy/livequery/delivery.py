"""From one change to the frames of all who are told of it.

What is the same for many is done once: a condition is matched once for all who share it, an object
is encoded once for all who see the same of it.
"""

import asyncio
import logging
from collections.abc import Hashable
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from parsepy.errors import Code, ParseError
from parsepy.livequery import frames
from parsepy.livequery.groups import ClassGroups, Group
from parsepy.livequery.judging import Event, changes_any, judge
from parsepy.livequery.lanes import LaneFull
from parsepy.livequery.ports import Happened
from parsepy.livequery.publications import Publication
from parsepy.livequery.readers import Sights
from parsepy.livequery.sockets import TOO_SLOW
from parsepy.livequery.subscriptions import Subscription
from parsepy.objects.sight import Sight, is_public
from parsepy.schema.classes import ClassSchema
from parsepy.types import ParseObject

if TYPE_CHECKING:
    from parsepy.livequery.server import LiveServer

_log = logging.getLogger(__name__)

BETWEEN_PAUSES: Final = 500
"""Subscribers that are told before others have their turn in the event loop."""

Told: TypeAlias = tuple[bytes, bytes] | ParseError | None
"""What a frame has around the subscription's head, or why there is an error instead, or nothing."""


class Delivery:
    """Of one publication to the subscriptions of its class."""

    def __init__(
        self, publication: Publication, position: str, schema: ClassSchema, server: "LiveServer"
    ) -> None:
        self._publication = publication
        self._current = publication.current
        self._original = publication.original
        self._position = position
        self.schema = schema
        self._server = server
        self._readers = server.readers
        self._sights = Sights(server.readers, publication.class_name)
        self._is_judged_by_code = server.triggers.judges_events_of(publication.class_name)
        self._bodies: dict[Hashable, bytes] = {}
        self._is_open: bool | None = None

    async def to_all(self, groups: ClassGroups) -> None:
        documents = [self._current] if self._original is None else [self._current, self._original]
        for group in tuple(groups.candidates(documents)):
            try:
                was, is_now = self._matches(group)
            except ParseError as error:
                _log.warning(
                    "Failed matching subscription for class %s: %s",
                    self._publication.class_name,
                    error.message,
                )
                continue
            if not (was or is_now):
                continue
            if self._is_judged_by_code:
                for subscription in tuple(group.subscriptions):
                    self._in_lane(subscription, was=was, is_now=is_now)
            else:
                await self._to_group(group, was=was, is_now=is_now)

    async def to_one(self, subscription: Subscription) -> None:
        """To a subscription that has not heard of it when it happened."""
        if subscription.group is not None:
            was, is_now = self._matches(subscription.group)
            if self._is_judged_by_code:
                self._in_lane(subscription, was=was, is_now=is_now)
            else:
                self._send(subscription, await self._told_to(subscription, was=was, is_now=is_now))

    async def _to_group(self, group: Group, *, was: bool, is_now: bool) -> None:
        """`was` and `is_now`: whether the condition held before, and does now.

        What one is told all are told who are his like; that is why they come cheap.
        """
        told: dict[Hashable, Told] = {}
        subscriptions = tuple(group.subscriptions)
        # They share their condition, so each of them names one object, or none does.
        are_alike = self._everybody_sees_the_same(by_id=subscriptions[0].by_id)
        for number, subscription in enumerate(subscriptions, 1):
            if subscription.group is not group:
                continue  # gone while others had their turn
            like: Hashable = subscription.wanted
            if not are_alike:
                like = (like, subscription.token, subscription.client.is_master)
            if like not in told:
                told[like] = await self._told_to(subscription, was=was, is_now=is_now)
            self._send(subscription, told[like])
            if not number % BETWEEN_PAUSES:
                await asyncio.sleep(0)

    async def _told_to(self, subscription: Subscription, *, was: bool, is_now: bool) -> Told:
        try:
            sight = await self._sight(subscription)
            kind = self._kind(subscription, sight, was=was, is_now=is_now)
            if kind is None:
                return None
            body = await self._body(subscription, sight, kind)
        except ParseError as refusal:
            return None if _says_that_it_ended(refusal) else refusal
        return frames.around(kind, body, self._position if subscription.wants_positions else None)

    def _send(self, subscription: Subscription, told: Told) -> None:
        if type(told) is tuple:
            before, after = told
            subscription.client.send(before + subscription.head + after)
        elif isinstance(told, ParseError):
            subscription.client.send(self._refused(subscription, told))

    def _refused(self, subscription: Subscription, refusal: ParseError) -> bytes:
        return frames.error(
            refusal.code,
            self._readers.public_message(refusal),
            reconnect=False,
            request_id=subscription.request_id,
        )

    def _in_lane(self, subscription: Subscription, *, was: bool, is_now: bool) -> None:
        """An app's code may take its time: only who is told by it waits for it."""
        try:
            subscription.client.lane.put(
                partial(self._by_code, subscription, was=was, is_now=is_now)
            )
        except LaneFull:
            subscription.client.close(TOO_SLOW)

    async def _by_code(self, subscription: Subscription, *, was: bool, is_now: bool) -> None:
        try:
            sight = await self._sight(subscription)
            kind = self._kind(subscription, sight, was=was, is_now=is_now)
            if kind is None:
                return
            frame = await self._frame_by_code(subscription, sight, kind)
        except ParseError as refusal:
            frame = None if _says_that_it_ended(refusal) else self._refused(subscription, refusal)
        if frame is not None:
            subscription.client.send(frame)

    def _matches(self, group: Group) -> tuple[bool, bool]:
        original = self._original
        return original is not None and group.matches(original), group.matches(self._current)

    async def _sight(self, subscription: Subscription) -> Sight:
        by_id = subscription.by_id
        if self._everybody_sees_the_same(by_id=by_id):
            return await self._sights.of(None, is_master=False, by_id=by_id)
        return await self._sights.of(
            subscription.token, is_master=subscription.client.is_master, by_id=by_id
        )

    def _everybody_sees_the_same(self, *, by_id: bool) -> bool:
        if self._is_open is None:
            original = self._original
            self._is_open = is_public(self._current) and (original is None or is_public(original))
        return self._is_open and self._readers.are_alike(self.schema, by_id=by_id)

    def _kind(
        self, subscription: Subscription, sight: Sight, *, was: bool, is_now: bool
    ) -> Event | None:
        current, original = self._current, self._original
        if self._publication.deleted:
            return Event.DELETE if is_now and sight.may_read(current) else None
        kind = judge(
            was_there=was and original is not None and sight.may_read(original),
            is_there=is_now and sight.may_read(current),
            is_new=original is None,
        )
        watched = subscription.watch
        if watched is not None and kind in (Event.CREATE, Event.UPDATE):
            return kind if changes_any(watched, current, original) else None
        return kind

    async def _body(self, subscription: Subscription, sight: Sight, kind: Event) -> bytes:
        shown, before = self._states(sight, kind)
        views = (sight.view_of(shown), None if before is None else sight.view_of(before))
        key = (shown is self._current, before is None, views, subscription.keys)
        body = self._bodies.get(key)
        if body is None:
            body = self._bodies[key] = await self._encoded(subscription, sight, shown, before)
        return body

    def _states(self, sight: Sight, kind: Event) -> tuple[ParseObject, ParseObject | None]:
        """An object that may not be read is not told: a leave then shows what was seen last."""
        current, original = self._current, self._original
        before = original if original is not None and sight.may_read(original) else None
        if kind is Event.LEAVE and before is not None and not sight.may_read(current):
            return before, before
        return current, before

    async def _frame_by_code(
        self, subscription: Subscription, sight: Sight, kind: Event
    ) -> bytes | None:
        """Nobody else's: what is hidden is taken off after the app's code has had its way."""
        client = subscription.client
        shown, before = self._states(sight, kind)
        ctx = await self._readers.context_of(
            subscription.token, installation_id=client.installation_id
        )
        happened = await self._server.triggers.after_event(
            ctx,
            self._server.situation_of(client),
            Happened(kind.value, self._publication.class_name, deepcopy(shown), deepcopy(before)),
        )
        if happened is None:
            return None
        body = await self._encoded(subscription, sight, happened.object, happened.original)
        position = self._position if subscription.wants_positions else None
        return frames.event(Event(happened.event), subscription.head, body, position)

    async def _encoded(
        self,
        subscription: Subscription,
        sight: Sight,
        shown: ParseObject,
        before: ParseObject | None,
    ) -> bytes:
        class_name, keys = self._publication.class_name, subscription.keys
        presented = frames.cut(await sight.shown(shown), keys)
        if before is None:
            return frames.event_body(class_name, presented, None)
        return frames.event_body(class_name, presented, frames.cut(await sight.shown(before), keys))


def _says_that_it_ended(refusal: ParseError) -> bool:
    """Who watches sessions, and whose own has ended, is told nothing: to no other class is it an
    error either, and SDKs take one for the end of the subscription."""
    return refusal.code == Code.INVALID_SESSION_TOKEN
