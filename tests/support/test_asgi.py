"""The lifespan that tests enter by hand."""

import pytest
from starlette.types import Receive, Scope, Send

from tests.support.asgi import LifespanFailedError, app_client

pytestmark = pytest.mark.anyio


class App:
    """Records its lifespan and answers every request with the peer's address."""

    def __init__(self, *, starts: bool = True) -> None:
        self.starts = starts
        self.events: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["client"][0].encode()})

    async def live(self, receive: Receive, send: Send) -> None:
        for _ in range(2):
            event = (await receive())["type"]
            self.events.append(event)
            if not self.starts:
                await send({"type": "lifespan.startup.failed", "message": "no disk"})
                return
            await send({"type": f"{event}.complete"})


async def test_requests_run_between_startup_and_shutdown() -> None:
    app = App()

    async with app_client(app, client_address=("10.0.0.9", 1)) as client:
        answer = await client.get("/")
        assert app.events == ["lifespan.startup"]

    assert answer.text == "10.0.0.9"
    assert app.events == ["lifespan.startup", "lifespan.shutdown"]


async def test_failed_startup_is_raised_with_its_message() -> None:
    with pytest.raises(LifespanFailedError, match="no disk"):
        async with app_client(App(starts=False)):
            pass


async def test_exception_during_startup_is_the_cause() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("bad option")

    with pytest.raises(LifespanFailedError) as raised:
        async with app_client(broken):
            pass

    assert isinstance(raised.value.__cause__, ValueError)
