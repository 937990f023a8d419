"""Routes that serve one system class under a name of its own: `/roles`, `/installations`."""

from collections.abc import Callable

from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routing import Awaited, Handler, Routes


def routes_for(class_name: str) -> Routes:
    """The five routes of `/classes`, for `class_name`."""

    def one(handler: Callable[[Request, str, str], Awaited]) -> Handler:
        async def handle(request: Request) -> Answer:
            return await handler(request, class_name, request.segments[1])

        return handle

    def many(handler: Callable[[Request, str], Awaited]) -> Handler:
        async def handle(request: Request) -> Answer:
            return await handler(request, class_name)

        return handle

    return {
        ("GET", 0): many(classes.find_in),
        ("POST", 0): many(classes.create_in),
        ("GET", 1): one(classes.get_in),
        ("PUT", 1): one(classes.update_in),
        ("DELETE", 1): one(classes.remove_in),
    }
