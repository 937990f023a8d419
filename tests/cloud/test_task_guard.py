"""Tasks that cloud code begins cannot end the server."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from parsepy.cloud import FunctionRequest
from parsepy.cloud.job_run import Outcome
from parsepy.cloud.task_guard import TaskExited, guard_tasks
from parsepy.jobs.statuses import Status
from tests.cloud.test_job_run import outcome_of
from tests.support.local_app import LocalApp
from tests.support.parsepy_server import running_parsepy

pytestmark = pytest.mark.anyio


@pytest.fixture
async def loop(parse: LocalApp) -> AsyncIterator[asyncio.AbstractEventLoop]:
    """The running loop, which makes its tasks as asyncio does by itself until a test says more."""
    running = asyncio.get_running_loop()
    before = running.get_task_factory()
    running.set_task_factory(None)
    yield running
    running.set_task_factory(before)


async def exits(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


@pytest.mark.parametrize("error", [SystemExit("over"), KeyboardInterrupt("over")])
async def test_a_task_that_would_end_the_loop_fails(
    parse: LocalApp, loop: asyncio.AbstractEventLoop, error: BaseException
) -> None:
    guard_tasks(loop)
    with parse.app.cloud_code():
        task = asyncio.create_task(exits(error))

    with pytest.raises(TaskExited, match="over"):
        await task


async def test_a_task_that_is_cancelled_may_not_end_the_loop_either(
    parse: LocalApp, loop: asyncio.AbstractEventLoop
) -> None:
    async def exits_at_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            sys.exit()

    guard_tasks(loop)
    with parse.app.cloud_code():
        task = asyncio.create_task(exits_at_the_end())
        await asyncio.sleep(0)
        task.cancel()

    with pytest.raises(TaskExited, match="SystemExit"):
        await task


async def test_what_a_task_gives_raises_and_waits_for_is_as_ever(
    parse: LocalApp, loop: asyncio.AbstractEventLoop
) -> None:
    async def adds(one: int, other: int) -> int:
        await asyncio.sleep(0)
        return one + other

    guard_tasks(loop)
    with parse.app.cloud_code():
        assert [*await asyncio.gather(adds(1, 2), adds(3, 4))] == [3, 7]
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            named = group.create_task(adds(5, 6), name="sum")
        assert (named.result(), named.get_name()) == (11, "sum")
        with pytest.raises(ValueError, match="mine"):
            await asyncio.create_task(exits(ValueError("mine")))


async def test_a_task_that_is_cancelled_before_it_begins_leaves_nothing_unawaited(
    parse: LocalApp, loop: asyncio.AbstractEventLoop
) -> None:
    guard_tasks(loop)
    with parse.app.cloud_code():
        task = asyncio.create_task(exits(SystemExit()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    del task
    gc.collect()  # would warn of a coroutine that nobody awaited


async def test_tasks_of_others_are_left_alone(loop: asyncio.AbstractEventLoop) -> None:
    guard_tasks(loop)
    coroutine = exits(ValueError("mine"))
    task = asyncio.create_task(coroutine)

    assert task.get_coro() is coroutine
    with pytest.raises(ValueError, match="mine"):
        await task


async def test_whoever_makes_the_loops_tasks_goes_on_making_them(
    parse: LocalApp, loop: asyncio.AbstractEventLoop
) -> None:
    made: list[Any] = []

    def make(running: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
        made.append(coro)
        return asyncio.Task(coro, loop=running, **options)

    loop.set_task_factory(make)
    for _ in range(2):
        guard_tasks(loop)
    with parse.app.cloud_code():
        task = asyncio.create_task(exits(SystemExit("over")))

    with pytest.raises(TaskExited):
        await task
    assert len(made) == 1


async def test_a_function_whose_task_exits_fails_like_any_other(parse: LocalApp) -> None:
    @parse.app.registry.function("awaits")
    async def awaits(_request: FunctionRequest) -> None:
        await asyncio.create_task(exits(SystemExit("over")))

    @parse.app.registry.function("gathers")
    async def gathers(_request: FunctionRequest) -> None:
        await asyncio.gather(exits(SystemExit("over")), exits(KeyboardInterrupt("over")))

    for name in ("awaits", "gathers"):
        answer = await parse.send("POST", f"/functions/{name}", {})
        assert (answer.status_code, answer.json()) == (400, {"code": 141, "error": "over"})


async def test_a_job_whose_task_exits_fails_like_any_other(parse: LocalApp) -> None:
    async def job(_request: object) -> None:
        await asyncio.create_task(exits(SystemExit("over")))

    assert await outcome_of(parse, job) == Outcome(Status.FAILED, "over")


CODE = """
import asyncio
import sys
import threading

from parsepy import cloud


async def leave():
    sys.exit(3)


@cloud.function("task")
async def task(request):
    asyncio.create_task(leave())


@cloud.function("plain")
def plain(request):
    sys.exit(3)


@cloud.function("thread")
def thread(request):
    started = threading.Thread(target=sys.exit, args=(3,))
    started.start()
    started.join()


@cloud.function("loop")
def loop(request):
    asyncio.run(leave())


@cloud.job("job")
async def job(request):
    asyncio.create_task(leave())


@cloud.after_save("Game")
async def after(request):
    asyncio.create_task(leave())


@cloud.function("hello")
async def hello(request):
    return "hello"
"""


def test_a_server_goes_on_whatever_its_code_calls_to_exit(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(CODE)
    options = {"cloud": str(tmp_path / "main.py")}
    with running_parsepy(f"sqlite:///{tmp_path}/app.sqlite", tmp_path, options) as server:
        headers = {
            "X-Parse-Application-Id": server.keys.app_id,
            "X-Parse-Master-Key": server.keys.master_key,
        }
        with httpx.Client(headers=headers) as client:
            for path, status in [
                ("functions/task", 200),
                ("functions/plain", 400),
                ("functions/thread", 200),
                ("functions/loop", 400),
                ("jobs/job", 200),
                ("classes/Game", 201),
            ]:
                answer = client.post(f"{server.url}/{path}", json={})
                assert (path, answer.status_code) == (path, status)
                hello = client.post(f"{server.url}/functions/hello", json={})
                assert hello.json() == {"result": "hello"}
        assert server.process.poll() is None
