"""Functions of the fixtures in compat_fixtures/functions; functions.cjs is the same for
parse-server."""

from datetime import timedelta
from typing import Any

from parsepy import cloud
from parsepy.cloud import ACL, Field, FunctionRequest, GeoPoint, Object, ParseError, Validator
from parsepy.types import MISSING


@cloud.function("echo")
def echo(request: FunctionRequest) -> object:
    return request.params


@cloud.function("nothing")
def nothing() -> object:
    return MISSING


@cloud.function("null")
def null() -> None:
    return None


@cloud.function("date")
def date(request: FunctionRequest) -> object:
    when: Any = request.params["when"]
    return when + timedelta(seconds=1)


@cloud.function("values")
def values() -> object:
    acl = ACL()
    acl.public_read = True
    return {"place": GeoPoint(1, 2), "acl": acl, "list": [1, "two", None, {"three": True}]}


@cloud.function("saved")
async def saved() -> Object:
    return await Object("Score").save({"points": 7}, use_master_key=True)


@cloud.function("seen")
def seen(request: FunctionRequest) -> object:
    return {
        "master": request.master,
        "isReadOnly": request.is_read_only,
        "user": request.user.get("username") if request.user else None,
        "functionName": request.function_name,
        "context": request.context,
        "title": request.headers.get("x-title"),
        "params": request.params,
    }


@cloud.function("text")
def text() -> None:
    raise ValueError("a text")


@cloud.function("error")
def error() -> None:
    raise RuntimeError("an error")


@cloud.function("code")
def code(_request: FunctionRequest, code: int) -> None:
    raise ParseError(code, "mine")


@cloud.function("empty")
def empty() -> None:
    raise ValueError


@cloud.function("accepted")
async def accepted() -> cloud.Response:
    return cloud.Response({"place": 3}, status=202, headers={"X-Queue": "slow"})


@cloud.function("guarded", validator=Validator(require_user=True))
def guarded() -> str:
    return "ran"


@cloud.function("master", validator=Validator(require_master=True))
def master() -> str:
    return "ran"


def _is_even(value: object) -> bool:
    return isinstance(value, int) and value % 2 == 0


FIELDS = Validator(
    fields={
        "name": Field(required=True, type=str),
        "size": Field(default=7, type=int),
        "colour": Field(options=["red", "blue"]),
        "even": Field(options=_is_even, error="not even"),
    }
)


@cloud.function("fields", validator=FIELDS)
def fields(request: FunctionRequest) -> object:
    return request.params


@cloud.function("listed", validator=Validator(fields=["name"]))
def listed() -> str:
    return "ran"
