"""Forms as bodies of function calls: what they hold, what is refused."""

import pytest

from parsepy.cloud import FunctionRequest
from parsepy.errors import ParseError
from parsepy.http import multipart
from tests.support.local_app import LocalApp, local_app, parse

__all__ = ["parse"]

pytestmark = pytest.mark.anyio

TYPE = "multipart/form-data; boundary=xx"


def form(*parts: str, end: str = "--xx--\r\n") -> str:
    return "".join(f"--xx\r\n{part}\r\n" for part in parts) + end


def field(name: str, text: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'


def file(name: str, filename: str, text: str, kind: str = "Content-Type: text/plain\r\n") -> str:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    return f"{head}{kind}\r\n{text}"


async def test_fields_are_texts_and_the_last_of_a_name_counts() -> None:
    content = form(field("a", "1"), field("a", "2"), file("b", "c.txt", "x"), field("b", "text"))

    read = await multipart.read(content.encode(), TYPE.encode())

    assert (read.texts, read.files) == ({"a": "2", "b": "text"}, {})


async def test_files_have_a_name_a_type_and_bytes() -> None:
    content = form(file("f", "C:\\\\dir\\\\a.txt", "x" * 100_000), file("g", "g", "", kind=""))

    read = await multipart.read(content.encode(), TYPE.encode())

    first, second = read.files["f"], read.files["g"]
    assert (first.name, first.content_type, await first.data()) == (
        "a.txt",
        "text/plain",
        b"x" * 100_000,
    )
    assert (second.content_type, await second.data()) == ("application/octet-stream", b"")


@pytest.mark.parametrize(
    ("kind", "content", "detail"),
    [
        ("multipart/form-data", form(field("a", "1")), "Multipart: Boundary not found"),
        (TYPE, form(field("a", "1"), end=""), "Unexpected end of multipart data"),
        (TYPE, "", "Unexpected end of multipart data"),
        (TYPE, "rubbish", ""),
        (TYPE, form(field("a", "1").replace("\r\n\r\n", "\r\n@ x\r\n\r\n")), ""),
        (TYPE, form(*[field("a", "1")] * 1001), "more than 1000 parts"),
        (TYPE, form(field("a", "\udcff")), "a text is not UTF-8"),
        (TYPE, form(field("\udcff", "a")), "a text is not UTF-8"),
    ],
)
async def test_what_is_no_form_is_refused(kind: str, content: str, detail: str) -> None:
    with pytest.raises(ParseError, match=f"Invalid multipart request: .*{detail}") as raised:
        await multipart.read(content.encode("utf-8", "surrogateescape"), kind.encode())
    assert raised.value.code == 107


async def test_a_call_with_a_form(parse: LocalApp) -> None:
    seen: list[FunctionRequest] = []
    parse.app.registry.add_function("f", seen.append)
    content = form(field("a", "1"), field("b", "form"), file("c", "c.txt", "x"))
    headers = {"X-Parse-Application-Id": "app", "Content-Type": TYPE}

    url = "http://localhost/parse/functions/f?b=address"
    answer = await parse.client.post(url, content=content, headers=headers)

    assert answer.status_code == 200, answer.text
    (request,) = seen
    assert {name: request.params[name] for name in ("a", "b")} == {"a": "1", "b": "address"}
    assert request.texts == {"a", "b"}


async def test_a_form_beyond_the_limit_of_uploads() -> None:
    async with local_app(maxUploadSize="1kb") as parse:
        parse.app.registry.add_function("f", lambda _: 1)
        content = form(file("c", "c.txt", "x" * 2000))
        headers = {"X-Parse-Application-Id": "app", "Content-Type": TYPE}
        url = "http://localhost/parse/functions/f"
        answer = await parse.client.post(url, content=content, headers=headers)

    assert (answer.status_code, answer.json()) == (
        400,
        {"code": 116, "error": "Multipart request exceeds maximum upload size."},
    )
