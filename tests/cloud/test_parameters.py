"""Parameters of functions: what is taken from the client's, what is refused and in which words."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import httpx
import msgspec
import pytest

from parsepy.cloud import (
    Field,
    File,
    FunctionRequest,
    GeoPoint,
    Key,
    Object,
    RegistrationError,
    Registry,
    User,
    Validator,
)
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

DATE = {"__type": "Date", "iso": "2020-01-02T03:04:05.006Z"}
PLACE = {"__type": "GeoPoint", "latitude": 1, "longitude": 2}


class Score(Object, class_name="Score"):
    points: int


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Address:
    street: str
    number: int = 1


class Line(msgspec.Struct):
    article: str
    amount: Annotated[int, msgspec.Meta(gt=0)]


@pytest.fixture
async def app() -> AsyncIterator[LocalApp]:
    async with local_app() as running:
        yield running


async def refused(app: LocalApp, name: str, body: object) -> str:
    answer = await app.send("POST", f"/functions/{name}", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 142), answer.text
    return str(answer.json()["error"])


async def test_parameters_are_taken_by_name_and_type(app: LocalApp) -> None:
    seen: list[tuple[Any, ...]] = []

    @app.app.registry.function("greet")
    async def greet(
        request: FunctionRequest,
        name: str,
        times: int = 1,
        when: datetime | None = None,
        at: GeoPoint | None = None,
        score: Score | None = None,
    ) -> str:
        seen.append((request.function_name, name, times, when, at, score))
        return f"Hello, {name}!" * times

    pointer = {"__type": "Pointer", "className": "Score", "objectId": "x"}
    body = {"name": "Ann", "times": 2, "when": DATE, "at": PLACE, "score": pointer, "more": 1}
    answer = await app.ok("POST", "/functions/greet", body)
    await app.ok("POST", "/functions/greet", {"name": "Bob", "times": None, "when": None})

    assert answer == {"result": "Hello, Ann!Hello, Ann!"}
    first, second = seen
    assert first[:3] == ("greet", "Ann", 2)
    assert first[3] == datetime(2020, 1, 2, 3, 4, 5, 6000, UTC)
    assert (first[4].latitude, first[4].longitude) == (1, 2)
    assert isinstance(first[5], Score)
    assert first[5].object_id == "x"
    assert second == ("greet", "Bob", 1, None, None, None)


async def test_what_does_not_fit_is_refused_with_its_place(app: LocalApp) -> None:
    def order(
        _request: FunctionRequest,
        name: str,
        times: int = 1,
        lines: list[Line] = [],  # noqa: B006 (nobody changes it)
        to: Address | None = None,
        colour: Colour = Colour.RED,
        size: Literal["s", "m"] = "m",
        score: Score | None = None,
        at: GeoPoint | None = None,
        prices: dict[str, float] | None = None,
        amount: Annotated[int, msgspec.Meta(ge=1)] = 1,
    ) -> None:
        pass

    app.app.registry.add_function("order", order)
    other = {"__type": "Pointer", "className": "Game", "objectId": "x"}

    for given, told in (
        ({"name": None}, "Please specify data for name."),
        ({"times": "2"}, "times: expected int, got str"),
        ({"times": True}, "times: expected int, got bool"),
        ({"times": 1.5}, "times: expected int, got float"),
        ({"lines": [{"article": "a", "amount": 1}, {"article": 1, "amount": 1}]},
         "lines[1].article: expected str, got int"),
        ({"lines": [{"article": "a"}]}, "lines[0]: object missing required field amount"),
        ({"lines": [{"article": "a", "amount": 0}]}, "lines[0].amount: expected int >= 1"),
        ({"to": {"street": 1}}, "to.street: expected str, got int"),
        ({"colour": "green"}, "Invalid option for colour. Expected: red, blue"),
        ({"size": "xl"}, "Invalid option for size. Expected: s, m"),
        ({"score": other}, "score: expected a Pointer to Score, got a Pointer to Game"),
        ({"score": "x"}, "score: expected a Pointer to Score, got str"),
        ({"at": [1, 2]}, "at: expected object, got array"),
        ({"prices": {"a": "x"}}, "prices[…]: expected float, got str"),
        ({"amount": 0}, "amount: expected int >= 1"),
    ):  # fmt: skip
        body = {"name": "Ann", **given}
        assert await refused(app, "order", body) == f"Validation failed. {told}"


async def test_what_a_client_says_of_an_object_is_not_believed(app: LocalApp) -> None:
    seen: list[Any] = []

    @app.app.registry.function("promote")
    def promote(request: FunctionRequest, user: User, score: Score) -> None:
        seen.extend((user, score, request.params["score"]))

    whole = {"__type": "Object", "className": "Score", "objectId": "x", "points": 99}
    user = {"__type": "Object", "className": "_User", "objectId": "u", "admin": True}
    await app.ok("POST", "/functions/promote", {"user": user, "score": whole})

    user_seen, score, plain = seen
    assert (type(user_seen), user_seen.object_id, user_seen.get("admin")) == (User, "u", None)
    assert (type(score), score.object_id, score.points) == (Score, "x", None)
    assert plain == whole


async def test_text_of_an_address_is_read_as_the_type_says(app: LocalApp) -> None:
    @app.app.registry.function("add")
    def add(_request: FunctionRequest, a: int, b: float = 0, yes: bool = False) -> object:
        return [a, b, yes]

    answer = await app.ok("POST", "/functions/add?a=2&yes=true", {"b": 1.5})

    assert answer == {"result": [2, 1.5, True]}
    assert await refused(app, "add?a=x", {}) == "Validation failed. a: expected int, got str"


async def test_names_on_the_wire_and_whatever_else_is_sent(app: LocalApp) -> None:
    @app.app.registry.function("all")
    async def everything(
        _request: FunctionRequest, is_final: Annotated[bool, Key("isFinal")], **others: object
    ) -> object:
        return [is_final, others]

    body = {"isFinal": True, "a": 1, "is_final": 3}

    answer = await app.send("POST", "/functions/all", body)
    assert answer.json() == {"result": [True, {"a": 1}]}


async def test_a_function_may_want_no_request_or_nothing_at_all(app: LocalApp) -> None:
    app.app.registry.add_function("one", lambda: 1)

    @app.app.registry.function("double")
    async def double(*, number: int) -> int:
        return 2 * number

    assert await app.ok("POST", "/functions/one", {"a": 1}) == {"result": 1}
    assert await app.ok("POST", "/functions/double", {"number": 2}) == {"result": 4}


async def test_the_validator_comes_first_and_its_defaults_count(app: LocalApp) -> None:
    limited = Validator(fields={"size": Field(default=7)}, require_user=True)

    @app.app.registry.function("sized", validator=limited)
    def sized(_request: FunctionRequest, name: str, size: int) -> object:
        return [name, size]

    ann = await app.sign_up()

    assert await refused(app, "sized", {"name": 1}) == (
        "Validation failed. Please login to continue."
    )
    assert await app.ok("POST", "/functions/sized", {"name": "a"}, user=ann) == {"result": ["a", 7]}


async def test_files_of_a_form_and_its_text(app: LocalApp) -> None:
    @app.app.registry.function("upload")
    async def upload(request: FunctionRequest, picture: File, number: int) -> object:
        assert request.params["picture"] is picture
        return [picture.name, picture.content_type, (await picture.data()).decode(), number]

    sent = await app.client.post(
        f"{URL}/functions/upload",
        files={"picture": ("../a.txt", b"bytes", "text/plain")},
        data={"number": "3"},
        headers={"X-Parse-Application-Id": "app"},
    )

    assert sent.json() == {"result": ["a.txt", "text/plain", "bytes", 3]}
    body = {"picture": "text", "number": 1}
    assert (
        await refused(app, "upload", body) == "Validation failed. picture: expected File, got str"
    )


def test_types_that_nobody_can_send_are_refused_at_once() -> None:
    def odd(_request: FunctionRequest, a: Score | str) -> None:
        pass

    def nameless(_request: FunctionRequest, a: int, /) -> None:
        pass

    registry = Registry()
    for handler in (odd, nameless):
        with pytest.raises(RegistrationError, match="The function f: a"):
            registry.add_function("f", handler)


def test_a_function_that_wants_the_request_alone_is_called_as_it_is() -> None:
    def plain(request: FunctionRequest) -> None:
        pass

    registry = Registry()
    noted: list[object] = []
    handlers: list[Callable[..., object]] = [plain, noted.append, lambda _: 1, lambda *all: all]
    for handler in handlers:
        registry.add_function("f", handler)
        assert registry.functions["f"].handler is handler


async def test_types_that_a_module_defines_later(app: LocalApp) -> None:
    def later(_request: "FunctionRequest", a: "Later") -> object:  # type: ignore[name-defined]  # noqa: F821
        return a.street

    registry = Registry()
    registry.add_function("later", later)
    with pytest.raises(RegistrationError, match="The function later: name 'Later'"):
        registry.settle()

    app.app.registry.add_function("later", later)
    later.__globals__["Later"] = Address
    try:
        registry.settle()
        answer = await app.ok("POST", "/functions/later", {"a": {"street": "High"}})
    finally:
        del later.__globals__["Later"]
    assert answer == {"result": "High"}


async def test_deeply_nested_values_are_refused_or_taken_and_never_fail(app: LocalApp) -> None:
    @app.app.registry.function("deep")
    def deep(_request: FunctionRequest, a: list[Any]) -> int:
        return len(a)

    content = '{"a":' + "[" * 100 + "]" * 100 + "}"
    answer: httpx.Response = await app.send("POST", "/functions/deep", json.loads(content))

    assert answer.json() == {"result": 1}
