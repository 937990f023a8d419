"""Running handlers: where, how long, and what their errors become."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from parsepy.cloud.runner import Handler, Runner
from parsepy.errors import ParseError, ScriptFailed

pytestmark = pytest.mark.anyio


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


async def _raised(runner: Runner, error: BaseException) -> ParseError:
    def handler(_request: object) -> None:
        raise error

    async def async_handler(_request: object) -> None:
        raise error

    with pytest.raises(ParseError) as plain:
        await runner.call(handler, None, unnamed="unnamed")
    with pytest.raises(ParseError) as awaited:
        await runner.call(async_handler, None, unnamed="unnamed")
    assert plain.value.body(sanitise=False) == awaited.value.body(sanitise=False)
    return plain.value


async def test_plain_functions_run_beside_the_loop_and_async_ones_in_it(runner: Runner) -> None:
    async def coroutine(_request: object) -> int:
        return threading.get_ident()

    here = threading.get_ident()

    assert await runner.call(lambda _: threading.get_ident(), None, unnamed="") != here
    assert await runner.call(coroutine, None, unnamed="") == here


async def test_an_object_with_an_async_call_runs_in_the_loop(runner: Runner) -> None:
    class Callback:
        async def __call__(self, request: int) -> int:
            return request + 1

    assert await runner.call(Callback(), 1, unnamed="") == 2


async def test_a_plain_function_may_give_something_to_await(runner: Runner) -> None:
    async def later() -> str:
        return "done"

    handler: Handler = lambda _: later()  # noqa: E731
    assert await runner.call(handler, None, unnamed="") == "done"


async def test_a_blocked_function_blocks_nobody_else(runner: Runner) -> None:
    release = threading.Event()
    blocked = asyncio.create_task(runner.call(lambda _: release.wait(30), None, unnamed=""))

    assert await runner.call(lambda _: "free", None, unnamed="") == "free"
    release.set()
    assert await blocked is True


async def test_a_parse_error_passes_as_it_is(runner: Runner) -> None:
    error = await _raised(runner, ParseError(999, "mine"))

    assert (error.code, error.message, error.http_status) == (999, "mine", 400)


async def test_another_error_becomes_141_with_its_text(runner: Runner) -> None:
    for error in (ValueError("no"), RuntimeError("no"), TimeoutError("no"), SystemExit("no")):
        raised = await _raised(runner, error)
        assert (raised.code, raised.message) == (141, "no")


async def test_an_error_without_a_text_gets_one(runner: Runner) -> None:
    assert (await _raised(runner, ValueError())).message == "unnamed"


async def test_what_is_no_text_reaches_the_client_as_it_is(runner: Runner) -> None:
    error = await _raised(runner, ScriptFailed({"a": [1]}))

    assert error.body(sanitise=True) == {"code": 141, "error": {"a": [1]}}


async def test_what_takes_too_long_is_given_up() -> None:
    runner, release = Runner(timeout=0.05), threading.Event()

    async def forever(_request: object) -> None:
        await asyncio.Event().wait()

    for handler in (forever, lambda _: release.wait(30)):
        with pytest.raises(ParseError) as raised:
            await runner.call(handler, None, unnamed="")
        assert raised.value.code == 124
    release.set()
    runner.close()
