"""`/schemas` and `/purge`: for the master key; the read-only key reads."""

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.objects import purge
from parsepy.protocol.field_types import as_text
from parsepy.query import tree
from parsepy.schema.api import SchemaApi
from parsepy.schema.system_classes import is_valid_class_name


async def list_all(request: Request) -> Answer:
    _check_master(request)
    return Answer({"results": list(await _api(request).all())})


async def get(request: Request) -> Answer:
    _check_master(request)
    return Answer(await _api(request).get(request.segments[1]))


async def create(request: Request) -> Answer:
    _check_master(request)
    _check_unlocked(request)
    _check_writable(request, "create a schema")
    return Answer(await _api(request).create(_class_name(request), request.body))


async def update(request: Request) -> Answer:
    _check_master(request)
    _check_unlocked(request)
    _check_writable(request, "update a schema")
    return Answer(await _api(request).update(_class_name(request), request.body))


async def remove(request: Request) -> Answer:
    _check_master(request)
    _check_writable(request, "delete a schema")
    class_name = request.segments[1]
    objects = request.services.objects
    count = 0
    if is_valid_class_name(class_name):
        schema = await objects.schemas.get(class_name)
        count = await objects.storage.count(schema, tree.EVERYTHING)
    await _api(request).delete(class_name, count)
    return Answer({})


async def purge_class(request: Request) -> Answer:
    await purge.purge(request.ctx, request.segments[1])
    return Answer({})


PURGE: Routes = {("DELETE", 1): purge_class}
ROUTES: Routes = {
    ("GET", 0): list_all,
    ("POST", 0): create,
    ("GET", 1): get,
    ("POST", 1): create,
    ("PUT", 1): update,
    ("DELETE", 1): remove,
}


def _api(request: Request) -> SchemaApi:
    return request.services.schemas


def _class_name(request: Request) -> str:
    """The path's class, or the body's. Raises 103 when they differ, 135 when there is none."""
    in_path = request.segments[1] if len(request.segments) > 1 else None
    given = request.body.get("className")
    in_body = as_text(given) if given or isinstance(given, dict | list) else ""
    if in_path and in_body and in_path != in_body:
        raise ParseError(
            Code.INVALID_CLASS_NAME, f"Class name mismatch between {in_body} and {in_path}."
        )
    name = in_path or in_body
    if not name:
        raise ParseError(Code.MISSING_REQUIRED_FIELD, f"POST {request.path} needs a class name.")
    return name


def _check_master(request: Request) -> None:
    if not request.ctx.caller.is_master:
        raise errors.master_key_required()


def _check_unlocked(request: Request) -> None:
    if request.services.options.schema.get("lockSchemas") is True:
        raise ParseError(
            Code.OPERATION_FORBIDDEN, "Cannot perform this operation when schemas options is used."
        )


def _check_writable(request: Request, what: str) -> None:
    if request.ctx.caller.is_read_only:
        raise errors.read_only_key(what)
