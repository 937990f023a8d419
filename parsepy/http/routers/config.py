"""`/config`: read by everybody, changed with the master key."""

from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes


async def read(request: Request) -> Answer:
    return Answer(await request.services.config.read(request.ctx))


async def save(request: Request) -> Answer:
    params, closed = request.body.get("params"), request.body.get("masterKeyOnly")
    await request.services.config.save(request.ctx, params, closed)
    return Answer({"result": True})


ROUTES: Routes = {("GET", 0): read, ("PUT", 0): save}
