"""Running handlers: where, how long, and what their errors become."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from parsepy.cloud import pool
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


async def test_threads_that_do_not_end_leave_their_places_to_others() -> None:
    runner, release = Runner(timeout=0.05, threads=2), threading.Event()
    stuck = [runner.call(lambda _: release.wait(30), None, unnamed="") for _ in range(4)]

    refused = await asyncio.gather(*stuck, return_exceptions=True)
    assert [getattr(error, "code", None) for error in refused] == [124] * 4
    assert await runner.call(lambda _: "free", None, unnamed="") == "free"
    release.set()
    runner.close()


async def test_a_loop_without_end_is_ended() -> None:
    runner, ended = Runner(timeout=0.05, threads=1), threading.Event()

    def forever(_request: object) -> None:
        try:
            while True:
                pass
        finally:
            ended.set()

    with pytest.raises(ParseError) as raised:
        await runner.call(forever, None, unnamed="")
    assert raised.value.code == 124
    assert await asyncio.to_thread(ended.wait, 30)
    runner.close()


async def test_too_many_threads_without_end_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "MOST_LEFT_BEHIND", 2)
    runner, release = Runner(timeout=0.05, threads=1), threading.Event()

    for _ in range(2):
        with pytest.raises(ParseError):
            await runner.call(lambda _: release.wait(30), None, unnamed="")
    with pytest.raises(ParseError, match="do not end"):
        await runner.call(lambda _: "never", None, unnamed="")
    release.set()
    runner.close()


async def test_what_would_end_the_process_ends_the_call_alone(runner: Runner) -> None:
    def without_end(depth: int) -> int:
        return without_end(depth + 1)

    for error in (SystemExit(3), KeyboardInterrupt()):
        assert (await _raised(runner, error)).code == 141
    with pytest.raises(ParseError, match="StopIteration"):
        await runner.call(lambda _: next(iter(())), None, unnamed="")
    with pytest.raises(ParseError, match="recursion"):
        await runner.call(lambda _: without_end(0), None, unnamed="")

    async def cancelled(_request: object) -> None:
        raise asyncio.CancelledError

    with pytest.raises(ParseError) as raised:
        await runner.call(cancelled, None, unnamed="unnamed")
    assert (raised.value.code, raised.value.message) == (141, "unnamed")


async def test_a_caller_who_goes_away_is_no_failure_of_the_code(runner: Runner) -> None:
    began = asyncio.Event()

    async def waits(_request: object) -> None:
        began.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(runner.call(waits, None, unnamed=""))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_errors_that_cannot_be_answered_as_they_are(runner: Runner) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    odd: list[tuple[BaseException, str]] = [
        (Mute(), "Mute"),
        (ParseError(10**30, "far"), "far"),
        (ParseError(1, ["no", "text"]), "['no', 'text']"),  # type: ignore[arg-type]
    ]
    for error, text in odd:
        raised = await _raised(runner, error)
        assert (raised.code, raised.message) == (141, text)
