"""Functions and objects of the test's process, called from here."""

from typing import Any

import pytest

from parsepy.errors import ParseError
from parsepy.options.patterns import compile_pattern
from parsepy.testing.process import Lent, RemoteFunction, RemoteProcess, pattern_text
from tests.support.answering_server import AnsweringServer
from tests.support.ports import free_port

pytestmark = pytest.mark.anyio


async def test_a_function_is_called_with_its_arguments(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    process.answer = {"value": {"a": [1, {"__t": "Undefined"}]}}
    function = remote.decoded({"__t": "Function", "url": process.url, "arity": 2})

    answer = await function("x", {"b": [None, True]})

    assert process.last == {"args": ["x", {"b": [None, True]}]}
    assert answer["a"][0] == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"thrown": True, "error": "no"}, RuntimeError("no")),
        ({"thrown": True, "error": None}, RuntimeError("")),
        ({"thrown": True, "error": {"__t": "Error", "message": "m"}}, RuntimeError("m")),
        (
            {"thrown": True, "error": {"__t": "ParseError", "code": 101, "message": "m"}},
            ParseError(101, "m"),
        ),
        ({"error": {"code": 141, "message": "no such callback"}}, RuntimeError("no such callback")),
    ],
)
async def test_what_it_throws_is_raised(
    remote: RemoteProcess, process: AnsweringServer, answer: Any, expected: Exception
) -> None:
    process.answer = answer

    with pytest.raises(type(expected)) as raised:
        await RemoteFunction(remote, process.url)()

    assert str(raised.value) == str(expected)


async def test_without_a_value_the_answer_is_nothing(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    assert await RemoteFunction(remote, process.url)() is None


async def test_a_process_that_is_gone_is_an_error(remote: RemoteProcess) -> None:
    with pytest.raises(ParseError):
        await RemoteFunction(remote, f"http://127.0.0.1:{free_port()}/call/1")()


async def test_a_lent_object_has_methods_members_and_answers_given_in_advance(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    process.answer = lambda path, body: {"value": [path, body]}
    lent = remote.decoded(
        {
            "__t": "Bridge",
            "url": process.url,
            "methods": ["send mail", "kinds"],
            "props": {"name": "x", "check": {"__t": "Function", "url": process.url}},
            "sync": {"kinds": ["ios"]},
        }
    )

    assert isinstance(lent, Lent)
    assert set(lent) == {"send mail", "kinds", "name", "check"}
    assert await lent["send mail"](1) == ["/hook/send%20mail", {"args": [1]}]
    assert await lent["check"]() == ["/hook", {"args": []}]
    assert (lent["name"], lent["kinds"]("argument")) == ("x", ["ios"])


async def test_what_is_lent_goes_back_by_its_name(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    tags: list[Any] = [
        {"__t": "Bridge", "url": process.url, "methods": [], "props": {"a": 1}},
        {"__t": "Function", "url": process.url},
    ]

    await RemoteFunction(remote, process.url)(*remote.decoded(tags))

    assert process.last == {"args": [{"__t": tag["__t"], "url": process.url} for tag in tags]}


async def test_a_blocking_object_asks_for_a_quick_answer(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    tag: Any = {"__t": "Bridge", "url": process.url, "methods": ["send"], "blocking": True}

    await remote.decoded(tag)["send"]("x")

    assert process.last == {"args": ["x"], "ack": True}


@pytest.mark.parametrize(
    ("source", "flags", "text", "matches"),
    [
        ("^[0-9]+$", "", "12", True),
        ("^abc$", "gi", "ABC", True),
        ("^abc$", "u", "ABC", False),
        ("^b", "m", "a\nb", True),
        ("a.b", "s", "a\nb", True),
        (r"^(?=.*\d)\/", "y", "/ 1", True),
    ],
)
def test_a_regular_expression_is_the_text_that_options_take(
    source: str, flags: str, text: str, matches: bool
) -> None:
    pattern = compile_pattern(pattern_text({"source": source, "flags": flags}))

    assert (pattern.search(text) is not None) is matches
