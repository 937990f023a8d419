"""A request inside a batch, on its way to its route."""

import msgspec

from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routing import Handler


class SubRequest(msgspec.Struct, frozen=True):
    handler: Handler
    request: Request

    @property
    def plain_write(self) -> tuple[Handler, str] | None:
        """The handler and the class, when this is nothing but a create or an update in a class
        without rules of its own and without triggers: such are stored in one go."""
        if self.handler not in (classes.create, classes.update):
            return None
        class_name = self.request.segments[1]
        objects = self.request.services.objects
        own = class_name in objects.rules or objects.triggers.of(class_name) is not None
        return None if own else (self.handler, class_name)
