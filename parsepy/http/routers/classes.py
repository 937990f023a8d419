"""`/classes/<Class>` and `/classes/<Class>/<id>`; other routers serve one class through it."""

from parsepy.http.answer import Answer, created
from parsepy.http.preconditions import precondition
from parsepy.http.request import Request
from parsepy.objects import delete, read, write
from parsepy.protocol.find_parameters import decode_find, decode_get


async def find(request: Request) -> Answer:
    return await find_in(request, request.segments[1])


async def create(request: Request) -> Answer:
    return await create_in(request, request.segments[1])


async def get(request: Request) -> Answer:
    return await get_in(request, request.segments[1], request.segments[2])


async def update(request: Request) -> Answer:
    return await update_in(request, request.segments[1], request.segments[2])


async def remove(request: Request) -> Answer:
    return await remove_in(request, request.segments[1], request.segments[2])


ROUTES = {
    ("GET", 1): find,
    ("POST", 1): create,
    ("GET", 2): get,
    ("PUT", 2): update,
    ("DELETE", 2): remove,
}


async def find_in(request: Request, class_name: str) -> Answer:
    return Answer(await read.find_as_json(request.ctx, class_name, decode_find(request.parameters)))


async def create_in(request: Request, class_name: str) -> Answer:
    written = await write.create(request.ctx, class_name, request.body)
    if written.changed:
        return Answer(written.answer)
    answer = created(written.answer, request.location_of(class_name, written.object_id))
    if written.existed:
        answer.status = 200
    return answer


async def get_in(request: Request, class_name: str, object_id: str) -> Answer:
    parameters = decode_get(request.parameters)
    document = await read.get(request.ctx, class_name, object_id, parameters)
    caller = request.ctx.caller
    if class_name == "_User" and object_id == caller.user_id and caller.session_token:
        document["sessionToken"] = caller.session_token
    return Answer(document)


async def update_in(request: Request, class_name: str, object_id: str) -> Answer:
    condition = precondition(request.headers)
    written = await write.update(request.ctx, class_name, object_id, request.body, condition)
    return Answer(written.answer)


async def remove_in(request: Request, class_name: str, object_id: str) -> Answer:
    await delete.delete(request.ctx, class_name, object_id, precondition(request.headers))
    return Answer({})
