"""`/hooks`: which functions and triggers are webhooks (cloud-code sheet, section 6)."""

from parsepy import errors
from parsepy.cloud.hooks import Hooks
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Handler, Routes


async def _functions(request: Request) -> Answer:
    return Answer(await _hooks(request).all_functions())


async def _triggers(request: Request) -> Answer:
    return Answer(await _hooks(request).all_triggers())


async def _function(request: Request) -> Answer:
    return Answer((await _hooks(request).get_function(request.segments[2])).to_json())


async def _trigger(request: Request) -> Answer:
    _, _, class_name, kind = request.segments
    return Answer((await _hooks(request).get_trigger(class_name, kind)).to_json())


async def _create(request: Request) -> Answer:
    """Which of the two it is, is said by the body alone (observed)."""
    _check_writable(request, "create a hook")
    return Answer((await _hooks(request).create(request.body)).to_json())


async def _change_function(request: Request) -> Answer:
    _check_writable(request, "modify a hook")
    hooks, name = _hooks(request), request.segments[2]
    if request.body.get("__op") == "Delete":
        await hooks.remove_function(name)
        return Answer({})
    if not request.body.get("url"):
        raise errors.webhook_error("invalid hook declaration")
    hook = await hooks.get_function(name)
    return Answer((await hooks.change(hook, request.body["url"])).to_json())


async def _change_trigger(request: Request) -> Answer:
    _check_writable(request, "modify a hook")
    hooks, (class_name, kind) = _hooks(request), request.segments[2:]
    if request.body.get("__op") == "Delete":
        await hooks.remove_trigger(class_name, kind)
        return Answer({})
    if not request.body.get("url"):
        raise errors.webhook_error("invalid hook declaration")
    hook = await hooks.get_trigger(class_name, kind)
    return Answer((await hooks.change(hook, request.body["url"])).to_json())


def _by_kind(functions: Handler | None, triggers: Handler | None) -> Handler:
    """`/hooks/functions…` or `/hooks/triggers…`, in any case; else there is no such route."""
    handlers = {"functions": functions, "triggers": triggers}

    async def dispatch(request: Request) -> Answer:
        handler = handlers.get(request.segments[1].lower())
        if handler is None:
            mount = request.services.options.mount_path
            raise errors.route_not_found(request.method, f"{mount}{request.path}")
        if not request.ctx.caller.is_master:
            raise errors.master_key_required()
        return await handler(request)

    return dispatch


ROUTES: Routes = {
    ("GET", 1): _by_kind(_functions, _triggers),
    ("POST", 1): _by_kind(_create, _create),
    ("GET", 2): _by_kind(_function, None),
    ("PUT", 2): _by_kind(_change_function, None),
    ("GET", 3): _by_kind(None, _trigger),
    ("PUT", 3): _by_kind(None, _change_trigger),
}


def _hooks(request: Request) -> Hooks:
    return request.services.cloud.hooks


def _check_writable(request: Request, what: str) -> None:
    if request.ctx.caller.is_read_only:
        raise errors.read_only_key(what)
