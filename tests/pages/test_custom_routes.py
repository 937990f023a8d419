"""Pages of an app's own: which route a path is, and what its handler wants."""

import threading
from collections.abc import Mapping

import pytest

from parsepy.options.errors import OptionsError
from parsepy.pages.custom_routes import Chosen, CustomRoute, read_routes
from parsepy.pages.request import PageRequest

pytestmark = pytest.mark.anyio
REQUEST = PageRequest("GET", "app")


def route(path: str, method: str = "GET", answer: object = None) -> CustomRoute:
    given = {"method": method, "path": path, "handler": lambda _request: answer}
    (found,) = read_routes([given])
    return found


@pytest.mark.parametrize(
    ("path", "asked", "expected"),
    [
        ("page", ["page"], {}),
        ("/page/", ["PAGE"], {}),
        ("page", ["page", "more"], None),
        ("a/b", ["a"], None),
        ("a/:id/b", ["a", "x", "b"], {"id": "x"}),
        ("a/:id", ["a"], None),
        (":locale/page", ["de", "page"], {"locale": "de"}),
        ("files/*path", ["files", "a", "b"], {"path": "a/b"}),
        ("files/*path", ["files"], None),
    ],
)
def test_a_path_is_compared_part_by_part(
    path: str, asked: list[str], expected: Mapping[str, str] | None
) -> None:
    assert route(path).match("GET", asked) == expected


def test_the_method_counts() -> None:
    assert route("page", "post").match("POST", ["page"]) == {}
    assert route("page", "post").match("GET", ["page"]) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"file": "x.html"}, Chosen("x.html", {})),
        (
            {"file": "x.html", "query": {"a": "b", "n": 1, "none": None}},
            Chosen("x.html", {"a": "b", "n": "1"}),
        ),
        ({"file": "x.html", "query": "text"}, Chosen("x.html", {})),
        ({"query": {}}, None),
        ({"file": 5}, None),
        (None, None),
        ("x.html", None),
    ],
)
async def test_a_handler_names_a_file(answer: object, expected: Chosen | None) -> None:
    assert await route("page", answer=answer).choose(REQUEST) == expected


async def test_a_plain_handler_may_block() -> None:
    seen: list[int] = []

    def handler(_request: PageRequest) -> Mapping[str, str]:
        seen.append(threading.get_ident())
        return {"file": "x.html"}

    (found,) = read_routes([{"method": "GET", "path": "a", "handler": handler}])

    assert await found.choose(REQUEST) == Chosen("x.html", {})
    assert seen != [threading.get_ident()]


async def test_a_handler_may_be_asynchronous() -> None:
    async def handler(request: PageRequest) -> Mapping[str, object]:
        return {"file": "x.html", "query": {"app": request.app_id}}

    (found,) = read_routes([{"method": "GET", "path": "a", "handler": handler}])

    assert await found.choose(REQUEST) == Chosen("x.html", {"app": "app"})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "TRACE"}, "method must be one of DELETE, GET, PATCH, POST, PUT."),
        ({"method": None}, "method must be one of DELETE, GET, PATCH, POST, PUT."),
        ({"path": "/"}, "path must be the path behind the app id."),
        ({"path": None}, "path must be the path behind the app id."),
        ({"path": "a//b"}, "path a//b has an empty part."),
        ({"path": "a/:"}, "path a/: has an empty part."),
        ({"path": "*a/b"}, "in path *a/b, a part with * must be the last one."),
        ({"handler": None}, "handler of page must be a function."),
    ],
)
def test_a_route_that_cannot_be_is_an_error(given: dict[str, object], message: str) -> None:
    complete = {"method": "GET", "path": "page", "handler": lambda _request: None, **given}

    with pytest.raises(OptionsError) as caught:
        read_routes([complete])

    assert str(caught.value) == f"Option pages.customRoutes: {message}"


def test_a_request_says_its_language_in_four_places() -> None:
    def locale(**given: Mapping[str, str]) -> str | None:
        return PageRequest("GET", "app", **given).locale  # type: ignore[arg-type]

    query, form, path = {"locale": "de"}, {"locale": "fr"}, {"locale": "it"}
    headers = {"x-parse-page-param-locale": "es"}
    assert locale(query=query, form=form, parameters=path, headers=headers) == "de"
    assert locale(form=form, parameters=path, headers=headers) == "fr"
    assert locale(parameters=path, headers=headers) == "it"
    assert locale(headers=headers) == "es"
    assert locale() is None
    assert locale(query={"locale": ""}, form=form) == "fr"
    assert locale(query={"locale": "../x"}, form=form) is None
