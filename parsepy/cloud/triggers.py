"""The triggers of one class, as the object doors call them."""

from collections.abc import Collection, Mapping
from typing import cast

from parsepy.cloud import requests
from parsepy.cloud.answers import encoded
from parsepy.cloud.current import running
from parsepy.cloud.handling import handle
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.cloud.registry import Entry
from parsepy.cloud.requests import CloudRequest, FindRequest, TriggerRequest
from parsepy.cloud.runner import Runner
from parsepy.cloud.unsaved import save_unsaved
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import Reply, Saving
from parsepy.protocol import find_json
from parsepy.protocol.find_parameters import FindParameters
from parsepy.types import JSONObject, ParseObject

_PREFERENCES = {
    "read_preference": "readPreference",
    "include_read_preference": "includeReadPreference",
    "subquery_read_preference": "subqueryReadPreference",
}


class HandledTriggers:
    """Calls the handlers of one class, its validators first."""

    def __init__(
        self,
        class_name: str,
        entries: Mapping[str, Entry],
        runner: Runner,
        made: type[Object] = Object,
    ) -> None:
        """`made` is what the app has for objects of the class."""
        self._class_name = class_name
        self._entries = entries
        self._runner = runner
        self._made = made

    @property
    def names(self) -> Collection[str]:
        return self._entries.keys()

    # -- writes

    async def before_save(self, ctx: RequestContext, saving: Saving) -> JSONObject:
        subject = self._subject(saving)
        request = self._request(ctx, "beforeSave", subject, self._original(saving))
        result = await self._run(ctx, request)
        if isinstance(result, Mapping) and isinstance(result.get("object"), Mapping):
            # A webhook gives the whole object: what it leaves out is not written.
            return cast("JSONObject", encoded(result["object"], whole_objects=False))
        with running(self._runner.app):
            await save_unsaved(subject.ops, ctx)
        return subject.ops

    async def after_save(self, ctx: RequestContext, saved: Saving) -> Reply:
        subject = self._subject(saved)
        request = self._request(ctx, "afterSave", subject, self._original(saved))
        result = await self._run(ctx, request)
        if isinstance(result, Object) and result is not subject:
            return Reply(changes=result.to_json())
        if isinstance(result, Mapping):
            return Reply(whole=cast("JSONObject", encoded(result)))
        return Reply(changes=_results(saved.state, subject.to_json()))

    async def tell(self, ctx: RequestContext, name: str, document: ParseObject) -> None:
        if name in self._entries:
            subject = self._object(document)
            await self._run(ctx, self._request(ctx, name, subject))

    # -- reads

    async def before_find(
        self, ctx: RequestContext, parameters: FindParameters, *, is_get: bool
    ) -> FindParameters | list[ParseObject]:
        if "beforeFind" not in self._entries:
            return parameters
        request = self._find_request(ctx, "beforeFind", parameters, is_get=is_get)
        asked = request.query
        result = await self._run(ctx, request)
        if isinstance(result, Object):
            result = [result]
        if isinstance(result, list | tuple):
            return [self._shown(one) for one in result]
        query = result if isinstance(result, Query) else asked
        return find_json.changed(parameters, {**query.json, **_preferences(request)})

    async def after_find(
        self,
        ctx: RequestContext,
        parameters: FindParameters,
        results: list[ParseObject],
        *,
        is_get: bool,
    ) -> list[ParseObject]:
        entry = self._entries.get("afterFind")
        if entry is None:
            return results
        request = self._find_request(ctx, "afterFind", parameters, is_get=is_get)
        request.objects = [self._object(row) for row in results]
        result = await self._run(ctx, request)
        chosen = result if isinstance(result, list | tuple) else request.objects
        return [self._shown(one) for one in chosen or ()]

    def _find_request(
        self, ctx: RequestContext, name: str, parameters: FindParameters, *, is_get: bool
    ) -> FindRequest:
        asked = find_json.as_json(parameters)
        if is_get or not asked.get("limit"):
            # One object is asked for by its id, or none; neither is shown as a limit (observed).
            asked.pop("limit", None)
        query = Query(self._class_name, asked)
        with running(self._runner.app):
            return requests.find_request(ctx, name, query, count=parameters.count, is_get=is_get)

    def _shown(self, one: object) -> ParseObject:
        """An object among results; each tells its class."""
        if isinstance(one, Object):
            return {**one.to_json(), "className": one.class_name}
        shown = encoded(one)
        return {"className": self._class_name, **(shown if isinstance(shown, dict) else {})}

    # -- all

    def _request(
        self, ctx: RequestContext, name: str, subject: Object, original: Object | None = None
    ) -> TriggerRequest:
        with running(self._runner.app):
            return requests.trigger_request(ctx, name, subject, original)

    def _subject(self, saving: Saving) -> Object:
        return self._made(
            saving.class_name,
            saving.object_id,
            saving.state,
            saving.changes,
            existed=not saving.creating,
        )

    def _original(self, saving: Saving) -> Object | None:
        return None if saving.original is None else self._object(saving.original)

    def _object(self, document: ParseObject) -> Object:
        object_id = document.get("objectId")
        known = str(object_id) if object_id else None
        class_name = str(document.get("className", self._class_name))
        return self._made(class_name, known, dict(document), existed=True)

    async def _run(self, ctx: RequestContext, request: TriggerRequest | FindRequest) -> object:
        """What the handler gives back; `None` where the master key leaves it out."""
        result = await handle(self._entries[request.trigger_name], self._runner, ctx, request)
        _keep_context(ctx, request)
        return result


def _results(before: ParseObject, after: ParseObject) -> JSONObject:
    """What the fields of a stored object have become, where they are not what they were."""
    changes: JSONObject = {
        name: value for name, value in after.items() if name not in before or before[name] != value
    }
    return {**changes, **{name: {"__op": "Delete"} for name in before.keys() - after.keys()}}


def _preferences(request: FindRequest) -> JSONObject:
    return {
        name: getattr(request, attribute)
        for attribute, name in _PREFERENCES.items()
        if isinstance(getattr(request, attribute), str)
    }


def _keep_context(ctx: RequestContext, request: CloudRequest) -> None:
    if isinstance(request.context, Mapping):
        ctx.caller.context.update(request.context)
