"""Loading cloud code: from wherever an app has it, anew each time, and told what is wrong."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from parsepy import cloud
from parsepy.app import create_app
from parsepy.cloud.loader import CloudCode, CloudCodeError
from parsepy.cloud.registry import Registry
from parsepy.cloud.task_guard import TaskExited
from parsepy.options.errors import OptionsError
from tests.support.local_app import OPTIONS, local_app

pytestmark = pytest.mark.anyio

HELLO = """
    from parsepy import cloud

    @cloud.function("hello")
    def hello(request):
        return "one"
"""


@pytest.fixture(autouse=True)
def python_path() -> Iterator[None]:
    """What loading puts on Python's path goes with the test."""
    before, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = before
    for name in sys.modules.keys() - modules:
        del sys.modules[name]


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__slash__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


async def test_a_file_is_loaded(tmp_path: Path) -> None:
    _write(tmp_path, main=HELLO)

    async with local_app(cloud=str(tmp_path / "main.py")) as parse:
        assert await parse.ok("POST", "/functions/hello", {}) == {"result": "one"}


async def test_a_folder_a_package_and_several_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(
        tmp_path,
        folder__slash__main="import beside\nfrom parsepy import cloud\n"
        "cloud.function('folder')(lambda request: beside.VALUE)",
        folder__slash__beside="VALUE = 1",
        pack__slash____init__="from pack import more\nfrom . import more as same",
        pack__slash__more="from parsepy import cloud\n"
        "cloud.function('pack')(lambda request: __name__)",
        single="from parsepy import cloud\ncloud.function('single')(lambda request: 3)",
    )
    monkeypatch.chdir(tmp_path)

    async with local_app(cloud=["folder", "pack", "single"]) as parse:
        answers = [await parse.ok("POST", f"/functions/{name}", {}) for name in FUNCTIONS]

    assert answers == [{"result": 1}, {"result": "pack.more"}, {"result": 3}]


FUNCTIONS = ("folder", "pack", "single")


async def test_a_function_plain_or_async_registers_what_it_likes() -> None:
    def plain(registry: Registry) -> None:
        registry.function("plain")(lambda request: 1)

    async def later() -> None:
        cloud.function("later")(lambda request: 2)

    async with local_app(cloud=[plain, later]) as parse:
        assert await parse.ok("POST", "/functions/plain", {}) == {"result": 1}
        assert await parse.ok("POST", "/functions/later", {}) == {"result": 2}


def test_two_loads_share_nothing(tmp_path: Path) -> None:
    _write(
        tmp_path,
        main="from parsepy import cloud\nimport state\nstate.COUNT += 1\n"
        "cloud.function('n')(lambda request: state.COUNT)",
        state="COUNT = 0",
    )
    code = CloudCode([str(tmp_path / "main.py")])

    first, second = code.load(), CloudCode([str(tmp_path / "main.py")]).load()

    assert first.functions["n"].handler(None) == second.functions["n"].handler(None) == 1
    assert first.functions["n"].handler is not second.functions["n"].handler


def test_what_is_the_servers_own_is_not_loaded_again(tmp_path: Path) -> None:
    _write(tmp_path, main=HELLO, server="VALUE = object()")
    sys.path.insert(0, str(tmp_path))
    import server  # type: ignore[import-not-found]

    CloudCode([str(tmp_path / "main.py")]).load()

    assert sys.modules["server"] is server


def test_apps_in_different_folders_may_call_their_modules_alike(tmp_path: Path) -> None:
    text = "from parsepy import cloud\nimport beside\ncloud.function('n')(lambda request: beside.N)"
    _write(tmp_path, a__slash__main=text, a__slash__beside="N = 1")
    _write(tmp_path, b__slash__main=text, b__slash__beside="N = 2")

    first = CloudCode([str(tmp_path / "a" / "main.py")]).load()
    second = CloudCode([str(tmp_path / "b" / "main.py")]).load()

    assert [each.functions["n"].handler(None) for each in (first, second)] == [1, 2]


def test_the_server_may_have_a_module_of_that_name_too(tmp_path: Path) -> None:
    _write(tmp_path, server__slash__main="OWN = True", cloud__slash__main=HELLO)
    sys.path.insert(0, str(tmp_path / "server"))
    import main  # type: ignore[import-not-found]

    loaded = CloudCode([str(tmp_path / "cloud" / "main.py")]).load()

    assert set(loaded.functions) == {"hello"}
    assert sys.modules["main"] is main


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("import no_such_thing", ["main.py", "line 1", "No module named 'no_such_thing'"]),
        ("x = 1\n1 / 0", ["main.py", "line 2", "ZeroDivisionError"]),
        ("def f(:", ["main.py", "line 1", "SyntaxError"]),
        ("import sys\nsys.exit(3)", ["main.py", "line 2", "SystemExit: 3"]),
        (
            "from parsepy import cloud\ncloud.before_save('_Session')(print)",
            ["main.py", "line 2", "Only the afterLogout trigger is allowed"],
        ),
    ],
)
def test_code_that_does_not_import_stops_the_start_and_says_where(
    tmp_path: Path, text: str, parts: list[str]
) -> None:
    _write(tmp_path, main=text)

    with pytest.raises(OptionsError) as stopped:
        create_app({**OPTIONS, "cloud": str(tmp_path / "main.py")})

    for part in parts:
        assert part in str(stopped.value)
    assert "importlib" not in str(stopped.value)


async def test_an_async_function_that_fails_stops_the_start() -> None:
    async def fails() -> None:
        raise ValueError("no database there")

    code = CloudCode([fails])
    registry = code.load()
    with pytest.raises(CloudCodeError, match="no database there"):
        await code.settle(registry)


async def test_an_async_function_may_use_the_store_and_begin_tasks() -> None:
    begun: list[asyncio.Task[None]] = []

    async def leaves() -> None:
        sys.exit()

    async def later() -> None:
        await cloud.Object("Game").save({"a": 1}, use_master_key=True)
        begun.append(asyncio.create_task(leaves()))

    async with local_app(cloud=later) as parse:
        assert [row["a"] for row in await parse.find("Game", {})] == [1]
        with pytest.raises(TaskExited):
            await begun[0]


@pytest.mark.parametrize("source", ["nowhere.py", "no/such/file.py", "no_such_module", "a..b"])
def test_code_that_is_not_there_is_named(source: str) -> None:
    with pytest.raises(CloudCodeError, match=source.replace(".", r"\.")):
        CloudCode([source]).load()


@pytest.mark.parametrize("name", ["main.js", "main.cjs", "main.mjs", "main.ts"])
def test_code_in_javascript_stops_the_start_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "cloud").mkdir()
    (tmp_path / "cloud" / name).write_text("Parse.Cloud.define('hello', () => 'one');")
    monkeypatch.chdir(tmp_path)

    for given in (f"cloud/{name}", f"./cloud/{name}", str(tmp_path / "cloud" / name), "cloud"):
        with pytest.raises(OptionsError) as stopped:
            create_app({**OPTIONS, "cloud": given})

        for part in (f"cloud/{name} is JavaScript", "cloud/main.py", "/hooks/functions"):
            assert part in str(stopped.value)


def test_a_folder_with_code_for_both_servers_is_python(tmp_path: Path) -> None:
    _write(tmp_path, main=HELLO)
    (tmp_path / "main.js").write_text("Parse.Cloud.define('hello', () => 'two');")

    assert set(CloudCode([str(tmp_path)]).load().functions) == {"hello"}


def test_outside_of_a_load_the_decorators_say_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"app\.registry"):
        cloud.function("hello")(lambda request: 1)


def test_what_is_loaded_takes_the_place_of_what_was_loaded_and_nothing_else() -> None:
    registry, old, new = Registry(), Registry(), Registry()
    registry.function("own")(lambda request: 0)
    old.function("a")(lambda request: 1)
    old.function("b")(lambda request: 1)
    new.function("b")(lambda request: 2)

    registry.take_loaded(old)
    registry.take_loaded(new)

    assert set(registry.functions) == {"own", "b"}
    assert registry.functions["b"].handler(None) == 2
