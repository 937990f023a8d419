"""`/security`: the report of the security check."""

from parsepy import errors
from parsepy.errors import HTTPError
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes


async def report(request: Request) -> Answer:
    if not request.ctx.caller.is_master:
        raise errors.master_key_required()
    self_check = request.services.self_check
    if self_check is None:
        raise HTTPError(
            409,
            "Enable Parse Server option `security.enableCheck` to run security check.",
        )
    return Answer(await self_check.report())


ROUTES: Routes = {("GET", 0): report}
