"""Security sheet, section 14: what pages are made of, and what can be had through them."""

import asyncio
import os
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsepy.pages.request import PageRequest
from tests.fuzz.raw_request import RawAnswer, RawRequest, send
from tests.security.stored_rows import rows_of
from tests.support.local_app import URL, LocalApp, local_app
from tests.support.postbox import mailing_app

pytestmark = pytest.mark.anyio
SECRET: Final = "the secret"
HOSTILE: Final = "\"'><script>alert(1)</script>{{masterKey}}`=\r\nSet-Cookie: a=b"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[LocalApp]:
    folder = tmp_path / "pages"
    for file in ("pages/page.html", "pages/de/page.html", "pages/password_reset.html",
                 "secret.html", "pages-private/secret.html", "pages.html",
                 "pages/.secret.html", "pages/.git/secret.html"):  # fmt: skip
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET if "secret" in file or file == "pages.html" else "{{token}}")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "link").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.html")
    given = {"pagesPath": str(folder), "enableLocalization": True}
    async with local_app(appName="App", publicServerURL=URL, pages=given) as running:
        yield running


async def raw(app: LocalApp, path: bytes, query: bytes = b"") -> RawAnswer:
    return await send(app.app, RawRequest("GET", b"/parse/apps/" + path, query))


@pytest.mark.parametrize(
    "path",
    [
        b"../secret.html",
        b"de/../../secret.html",
        b"%2e%2e/secret.html",
        b"%2e%2e%2fsecret.html",
        b"..%2fsecret.html",
        b"..%5csecret.html",
        b"..\\secret.html",
        b"%252e%252e/secret.html",
        b"%252e%252e%252fsecret.html",
        b"..;/secret.html",
        b"....//secret.html",
        b"../pages-private/secret.html",
        b"%2e%2e%2fpages-private%2fsecret.html",
        b"-private/secret.html",
        b"../pages.html",
        b".secret.html",
        b"%2esecret.html",
        b".git/secret.html",
        b"link.html",
        b"link/secret.html",
        b"link/pages-private/secret.html",
        b"pipe.html",
        b"/etc/passwd",
        b"//etc/passwd",
        b"%2fetc%2fpasswd",
        b"page.html/../../secret.html",
        b"page.html%20",
        b"file:%2f%2f%2fetc%2fpasswd",
    ],
)
async def test_no_path_leads_out_of_the_folder(app: LocalApp, path: bytes) -> None:
    answer = await raw(app, path)

    assert (answer.status, answer.content) == (404, b"Not found.")


@pytest.mark.parametrize("path", [b"page.html%00", b"..%c0%afsecret.html", b"%ff", b"%zz"])
async def test_a_path_that_is_no_text_is_refused(app: LocalApp, path: bytes) -> None:
    assert (await raw(app, path)).status == 400


@given(path=st.lists(st.sampled_from(
    ["..", ".", "%2e%2e", "%2f", "/", "\\", "%5c", "%00", "pages-private", "secret.html", "link",
     "page.html", "de", "pages", ".git", "%252e", "//", "app", "verify_email", "é".encode().hex()]
), max_size=6))  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_no_mixture_of_parts_leads_out(app: LocalApp, path: list[str]) -> None:
    for joined in ("/".join(path), "".join(path)):
        answer = await raw(app, joined.encode())

        assert SECRET.encode() not in answer.content
        assert answer.status < 500


@pytest.mark.parametrize(
    "locale", ["..", "../pages-private", "de/../..", "..%2f..", "link", ".git", "/etc", "de\0"]
)
async def test_a_locale_is_no_path(app: LocalApp, locale: str) -> None:
    query = f"token=t&appId=app&locale={quote(locale, safe='')}".encode()

    answer = await raw(app, b"choose_password", query)

    assert (answer.status, answer.content) == (200, b"t")
    assert b"x-parse-page-param-locale" not in answer.headers


async def test_what_a_client_sends_is_text_in_a_page_and_ends_no_header() -> None:
    query = f"appId=app&token={quote(HOSTILE)}&username={quote(HOSTILE)}".encode()
    async with local_app(appName="App", publicServerURL=URL) as app:
        answer = await raw(app, b"choose_password", query)

    html = answer.content.decode()
    assert "<script" not in html
    assert unescape(html).count(HOSTILE) == 2
    assert b"set-cookie" not in answer.headers
    for name in (b"x-parse-page-param-token", b"x-parse-page-param-username"):
        assert answer.headers[name] == HOSTILE.replace("\r\n", "").encode()


async def test_what_a_client_sends_is_text_also_where_a_page_of_the_app_asks_for_markup(
    tmp_path: Path,
) -> None:
    template = "{{{token}}}|{{&username}}|{{#token}}{{{.}}}{{/token}}|{{{error}}}"
    for file in ("password_reset.html", "mine.html"):
        (tmp_path / file).write_text(template)

    def choose(request: PageRequest) -> dict[str, object]:
        return {"file": "mine.html", "query": dict(request.query)}

    route = {"method": "GET", "path": "mine", "handler": choose}
    pages = {"pagesPath": str(tmp_path), "customRoutes": [route]}
    query = f"appId=app&token={quote(HOSTILE)}&username={quote(HOSTILE)}&error={quote(HOSTILE)}"
    async with local_app(appName="App", publicServerURL=URL, pages=pages) as app:
        # An error is the server's to say, unless the app's own route says it.
        for path, shown in ((b"choose_password", 3), (b"mine.html", 3), (b"app/mine", 4)):
            answer = await raw(app, path, query.encode())

            html = answer.content.decode()
            assert answer.status == 200
            assert "<script" not in html
            assert unescape(html).count(HOSTILE) == shown


async def test_a_redirects_address_holds_nothing_but_parameters() -> None:
    urls = {"passwordReset": "https://example.com/reset"}
    query = f"appId=app&token={quote(HOSTILE)}&locale=de".encode()
    async with local_app(appName="App", publicServerURL=URL, pages={"customUrls": urls}) as app:
        answer = await raw(app, b"choose_password", query)

    location = answer.headers[b"location"]
    assert answer.status == 303
    assert location.startswith(b"https://example.com/reset?appId=app&")
    assert b"&token=%22%27%3E%3Cscript%3E" in location
    assert not set(b"<>\"'\r\n {}`") & set(
        location + answer.content.removeprefix(b"Found. Redirecting to ")
    )


TEXTS: Final = st.sampled_from(
    [
        b"",
        b"x",
        b"%00",
        b"%ff",
        b"%",
        b"\xff",
        b"<script>",
        b"{{appName}}",
        b"%0d%0aa:b",
        b"de",
        b"..",
    ]
)
PAIRS: Final = st.tuples(
    st.sampled_from(
        [b"token", b"token[$ne]", b"token[]", b"username", b"new_password", b"confirm_new_password",
         b"locale", b"appId", b"error", b""]
    ),
    TEXTS,
).map(b"=".join)  # fmt: skip
FORMS: Final = st.lists(PAIRS, max_size=5).map(b"&".join)
BODIES: Final = FORMS | st.sampled_from(
    [b"{", b"[]", b"null", b'{"token": {"$ne": 1}}', b'{"token": "\\ud800", "new_password": "x"}']
)
HEADERS: Final = st.lists(
    st.sampled_from(
        [(b"content-type", b"application/x-www-form-urlencoded"),
         (b"content-type", b"application/json"),
         (b"content-type", b"\xff"), (b"content-type", b"multipart/form-data"),
         (b"x-requested-with", b"XMLHttpRequest"), (b"x-parse-page-param-locale", b"\xff/.."),
         (b"x-parse-session-token", b"\xff"), (b"if-none-match", b"*")]
    ),
    max_size=3,
)  # fmt: skip


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT"]),
    path=st.sampled_from(
        [b"app/verify_email", b"app/resend_verification_email", b"app/request_password_reset",
         b"choose_password", b"password_reset.html", b"de/page.html", b"app", b"app/x/y"]
    ),
    query=FORMS,
    body=BODIES,
    headers=HEADERS,
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_no_request_breaks_a_page(
    app: LocalApp,
    method: str,
    path: bytes,
    query: bytes,
    body: bytes,
    headers: list[tuple[bytes, bytes]],
) -> None:
    request = RawRequest(method, b"/parse/apps/" + path, query, tuple(headers), body)

    answer = await send(app.app, request)

    assert answer.status < 500
    assert b"<script" not in answer.content
    assert not any(byte < 0x20 for value in answer.headers.values() for byte in value)


NO_TOKENS: Final[list[object]] = [
    *({"$ne": None}, {"$regex": "."}, {}, ["x"], [], True, 1, 0, None, ""),
]


@pytest.mark.parametrize("token", NO_TOKENS, ids=str)
async def test_a_token_in_json_is_a_text(database_uri: str, token: object) -> None:
    async with mailing_app(databaseURI=database_uri, verifyUserEmails=True) as mail:
        account = {"username": "ann", "password": "secret", "email": "ann@parse.test"}
        await mail.parse.ok("POST", "/users", account)
        await mail.parse.ok("POST", "/requestPasswordReset", {"email": "ann@parse.test"})
        letters = len((await mail.delivered()).verifications)
        script = {"X-Requested-With": "XMLHttpRequest"}

        body = {"token": token, "username": token, "new_password": "other"}
        for page in ("request_password_reset", "resend_verification_email", "verify_email"):
            for method in ("POST", "GET"):
                answer = await mail.parse.client.request(
                    method, f"{URL}/apps/app/{page}", json=body, headers=script
                )
                assert answer.status_code < 500
        address = f"{URL}/apps/app/request_password_reset"
        told = await mail.parse.client.post(address, json=body, headers=script)
        assert told.json() == {"code": -1, "error": "Missing token"}

        (row,) = await rows_of(mail.parse, "_User")
        assert row["emailVerified"] is False
        assert len((await mail.delivered()).verifications) == letters
        assert await mail.parse.ok("POST", "/login", account)


async def test_a_slow_function_of_the_app_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{x}}")
    (tmp_path / "plain.css").write_text("x")
    started, go_on = asyncio.Event(), asyncio.Event()

    async def placeholders(_parameters: object) -> dict[str, str]:
        started.set()
        await go_on.wait()
        return {"x": "done"}

    given = {"pagesPath": str(tmp_path), "placeholders": placeholders}
    async with local_app(pages=given) as app:
        slow = asyncio.ensure_future(app.client.get(f"{URL}/apps/page.html"))
        await started.wait()
        assert (await app.client.get(f"{URL}/apps/plain.css")).text == "x"
        go_on.set()
        assert (await slow).text == "done"


async def test_what_a_function_of_the_app_raises_stays_in_the_log() -> None:
    def placeholders(_parameters: object) -> dict[str, str]:
        raise RuntimeError(SECRET)

    async with local_app(
        appName="App", publicServerURL=URL, pages={"placeholders": placeholders}
    ) as app:
        answer = await app.client.get(f"{URL}/apps/app/verify_email")

    assert answer.status_code == 500
    assert SECRET not in answer.text
