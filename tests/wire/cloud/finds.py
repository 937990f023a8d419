"""Triggers of finds for the fixtures in compat_fixtures/finds; finds.cjs is the same for
parse-server. What they are to do is said by the request's context."""

from typing import Any

from parsepy import cloud
from parsepy.cloud import FindRequest, FunctionRequest, Object, ParseError, Query
from parsepy.types import MISSING

notes: list[object] = []


@cloud.function("seen")
async def seen() -> object:
    taken = list(notes)
    notes.clear()
    return taken


@cloud.function("asks")
async def asks(_request: FunctionRequest, of: str, how: str) -> object:
    """How cloud code itself reads."""
    options: Any = {"use_master_key": True, "context": {"from": how}}
    query = Query("Seen").equal_to("n", 1)
    match how:
        case "get":
            await query.get(of, **options)
        case "find":
            await query.find(**options)
        case "first":
            await query.first(**options)
        case "count":
            await query.count(**options)
        case "fetch":
            await Object.without_data(of, "Seen").fetch(**options)
        case "fetch all":
            await cloud.fetch_all([Object.without_data(of, "Seen")], **options)
        case "with count":
            await query.find_with_count(**options)
    return MISSING


def note(request: FindRequest) -> None:
    before = request.trigger_name == "beforeFind"
    notes.append(
        {
            "triggerName": request.trigger_name,
            "query": request.query.to_json(),
            "isGet": request.is_get,
            "count": request.count if before else None,
            "numbers": None if before else sorted(one.get("n") for one in request.objects),
            "context": dict(request.context),
            "master": request.master,
        }
    )


@cloud.before_find("Seen")
async def note_before(request: FindRequest) -> None:
    note(request)
    request.context["before"] = True


@cloud.after_find("Seen")
async def note_after(request: FindRequest) -> None:
    note(request)


def made(n: int) -> Object:
    return Object("Changed", state={"n": n, "made": True})


def known(object_id: Any) -> Object:
    return Object("Changed", str(object_id), {"told": True}, existed=True)


@cloud.before_find("Changed")
async def change(request: FindRequest) -> object:
    query, context = request.query, request.context
    match context.get("do"):
        case "limit":
            query.limit(1)
        case "no limit":
            query.limit(0)
        case "skip":
            query.skip(1)
        case "order":
            query.descending("n")
        case "keys":
            query.select("n")
        case "exclude":
            query.exclude("s")
        case "include":
            query.include("other")
        case "where":
            query.equal_to("n", 2)
        case "query":
            return Query("Changed").equal_to("n", 3)
        case "or":
            return Query.any_of(query, Query("Changed").equal_to("n", 3))
        case "an object":
            return made(9)
        case "objects":
            return [made(8), made(9)]
        case "none":
            return []
        case "known":
            return [known(context["id"])]
        case "known and made":
            return [known(context["id"]), made(9)]
        case "a text":
            return "text"
        case "a map":
            return {"n": 9}
        case "fail":
            raise RuntimeError("not found")
        case "code":
            raise ParseError(999, "mine")
        case "silent":
            raise ValueError
    return None


@cloud.after_find("Results")
async def choose(request: FindRequest) -> object:
    objects = request.objects
    match request.context.get("do"):
        case "set":
            for one in objects:
                one.set("extra", {"n": one.get("n")})
        case "unset":
            for one in objects:
                one.unset("n")
        case "filter":
            return [one for one in objects if one.get("n") > 1]
        case "none":
            return []
        case "null":
            return None
        case "false":
            return False
        case "made":
            return [Object("Results", state={"n": 9, "made": True})]
        case "of another class":
            return [Object("Another", state={"n": 9})]
        case "maps":
            return [{"n": 9}]
        case "fail":
            raise RuntimeError("not found")
        case "code":
            raise ParseError(999, "mine")
        case "silent":
            raise ValueError
    return None
