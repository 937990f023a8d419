"""Rate limits that an app's start-up module declares. parse-server loses them (sheet, 7)."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

CODE = """
    from parsepy import cloud

    ONE = {"requestTimeWindow": 60_000, "requestCount": 1, "includeInternalRequests": True}
    LIMITED = cloud.Validator(rate_limit=ONE)


    @cloud.function("limited", validator=LIMITED)
    async def limited(request: cloud.FunctionRequest, name: str = "") -> str:
        return name


    @cloud.before_save("Game", validator=LIMITED)
    def before_save(request: cloud.TriggerRequest) -> None: ...


    @cloud.before_find("Score", validator=LIMITED)
    def before_find(request: cloud.FindRequest) -> None: ...


    @cloud.before_delete("Other", validator=LIMITED)
    def before_delete(request: cloud.TriggerRequest) -> None: ...
"""


async def _statuses(parse: LocalApp, method: str, path: str, times: int = 2) -> list[int]:
    body: dict[str, object] | None = None if method == "GET" else {}
    return [(await parse.send(method, path, body)).status_code for _ in range(times)]


async def test_limits_of_the_start_up_module_hold(tmp_path: Path) -> None:
    module = tmp_path / "limited_main.py"
    module.write_text(dedent(CODE))
    async with local_app(cloud=str(module)) as parse:
        assert await _statuses(parse, "POST", "/functions/limited") == [200, 429]
        assert await _statuses(parse, "POST", "/functions/LIMITED") == [429, 429]
        assert await _statuses(parse, "POST", "/classes/Game") == [201, 429]
        assert await _statuses(parse, "GET", "/classes/Game") == [200, 200]
        assert await _statuses(parse, "GET", "/classes/Score") == [200, 429]
        assert await _statuses(parse, "GET", "/classes/Score/x") == [429, 429]
        assert await _statuses(parse, "DELETE", "/classes/Other/x") == [404, 429]


async def test_limits_keep_their_count_when_the_module_is_loaded_again(tmp_path: Path) -> None:
    module = tmp_path / "limited_again.py"
    module.write_text(dedent(CODE))
    async with local_app(cloud=str(module)) as parse:
        assert await _statuses(parse, "POST", "/functions/limited", 1) == [200]
        code = parse.app.parts.code
        assert code is not None
        parse.app.registry.take_loaded(code.load())
        assert await _statuses(parse, "POST", "/functions/limited", 1) == [429]
        module.write_text("")
        parse.app.registry.take_loaded(code.load())
        assert await _statuses(parse, "POST", "/classes/Game") == [201, 201]
