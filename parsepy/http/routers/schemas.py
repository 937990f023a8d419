"""`/schemas` and `/purge`: for the master key; the read-only key reads."""

from parsepy.errors import Code, ParseError
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.objects import class_schemas, purge
from parsepy.protocol.field_types import as_text


async def list_all(request: Request) -> Answer:
    found = await class_schemas.list_all(request.ctx, request.services.schemas)
    return Answer({"results": list(found)})


async def get(request: Request) -> Answer:
    class_name = request.segments[1]
    return Answer(await class_schemas.get(request.ctx, request.services.schemas, class_name))


async def create(request: Request) -> Answer:
    # Who asks comes before what for.
    class_schemas.check_changes(request.ctx, "create")
    return Answer(
        await class_schemas.create(
            request.ctx, request.services.schemas, _class_name(request), request.body
        )
    )


async def update(request: Request) -> Answer:
    class_schemas.check_changes(request.ctx, "update")
    return Answer(
        await class_schemas.update(
            request.ctx, request.services.schemas, _class_name(request), request.body
        )
    )


async def remove(request: Request) -> Answer:
    await class_schemas.remove(request.ctx, request.services.schemas, request.segments[1])
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
