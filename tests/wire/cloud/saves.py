"""Triggers of saves and removals for the fixtures in compat_fixtures/saves; saves.cjs is the same
for parse-server. What they are to do is said by the request's context."""

from datetime import UTC, datetime
from typing import Any

from parsepy import cloud
from parsepy.cloud import FunctionRequest, GeoPoint, Object, ParseError, TriggerRequest
from parsepy.types import MISSING

notes: list[object] = []


@cloud.function("seen")
async def seen() -> object:
    taken = list(notes)
    notes.clear()
    return taken


@cloud.function("writes")
async def writes(_request: FunctionRequest, how: str) -> object:
    """How cloud code itself writes."""
    options: Any = {"use_master_key": True, "context": {"from": how}}
    one = Object("Seen", ops={"n": 1})
    match how:
        case "save":
            await one.save(**options)
        case "save twice":
            await one.save(**options)
            await one.save({"n": 2}, **options)
        case "save all":
            await cloud.save_all([one], **options)
        case "a child":
            await Object("Parent").save({"child": one}, **options)
        case "destroy":
            await one.save(use_master_key=True)
            notes.clear()
            await one.destroy(**options)
        case "destroy all":
            await one.save(use_master_key=True)
            notes.clear()
            await cloud.destroy_all([one], **options)
    return MISSING


def note(request: TriggerRequest) -> None:
    one = request.object
    notes.append(
        {
            "triggerName": request.trigger_name,
            "objectId": one.object_id,
            "isNew": one.is_new(),
            "existed": one.existed(),
            # As the JavaScript SDK shows it: with what is pending.
            "object": {
                **one.to_json(),
                **{key: op for key, op in one.ops.items() if "." not in key},
            },
            "dirty": sorted(one.dirty_keys()),
            "ops": {key: one.op(key) for key in one.dirty_keys()},
            "original": None if request.original is None else request.original.to_json(),
            "context": dict(request.context),
            "master": request.master,
            "user": None if request.user is None else request.user.object_id,
            "installationId": request.installation_id,
        }
    )


@cloud.before_save("Seen")
@cloud.after_save("Seen")
@cloud.before_delete("Seen")
@cloud.after_delete("Seen")
async def see(request: TriggerRequest) -> None:
    note(request)
    request.context[request.trigger_name] = True


@cloud.before_save("Renewed")
async def renew(request: TriggerRequest) -> None:
    request.context = {"renewed": True}


@cloud.after_save("Renewed")
async def see_renewed(request: TriggerRequest) -> None:
    note(request)


def pointer(object_id: Any) -> Object:
    return Object.without_data(str(object_id), "Target")


@cloud.before_save("Written")
async def write(request: TriggerRequest) -> object:
    one, context = request.object, request.context
    match context.get("do"):
        case "pointer":
            one.set("to", pointer(context["id"]))
        case "relation":
            one.relation("all").add(pointer(context["id"]))
        case "illegal":
            one.set("a b", 1)
        case "types":
            one.set("when", datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=UTC))
            one.set("point", GeoPoint(1, 2))
            one.set("map", {"a": [1, None]})
        case "add":
            one.add("list", 2)
            one.add_unique("set", 1)
            one.remove("gone", 1)
        case "null":
            one.set("n", None)
        case "unset":
            one.unset("never")
        case "revert":
            one.revert()
        case "increment":
            one.increment("n")
            one.increment("n")
        case "another type":
            one.set("n", "text")
        case "internal":
            one.set("_rperm", ["*"])
        case "whole":
            return {"object": {"n": 7, "whole": True}}
        case "a map":
            return {"n": 7}
        case "another object":
            return Object("Written", state={"n": 7})
        case "save":
            await Object("Target").save({"by": "trigger"})
    return None


@cloud.after_save("Answered")
async def answer(request: TriggerRequest) -> object:
    one = request.object
    match request.context.get("do"):
        case "object":
            return one
        case "another object":
            return Object("Answered", one.object_id, {"n": 7, "other": 1})
        case "a map":
            return {"custom": 1}
        case "an empty map":
            return {}
        case "a text":
            return "text"
        case "a list":
            return [1]
        case "set":
            one.set("extra", {"a": 1})
        case "change":
            one.set("n", 9)
        case "unset":
            one.unset("n")
        case "increment":
            one.increment("n")
        case "code":
            raise ParseError(999, "mine")
    return None


@cloud.before_delete("Removed")
@cloud.after_delete("Removed")
async def remove(request: TriggerRequest) -> object:
    kind = request.trigger_name
    what = str(request.context.get("do", "")).removeprefix(f"{kind} ")
    match what:
        case "text":
            raise ValueError("a text")
        case "code":
            raise ParseError(999, "mine")
        case "silent":
            raise ValueError
        case "map":
            return {"n": 1}
    return None
