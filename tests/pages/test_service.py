"""Which page is shown, in which language, with which texts, or where the reader is sent."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from parsepy.options.errors import OptionsError
from parsepy.pages.request import PageRequest
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio
FILES = {
    "password_reset_link_invalid.html": "invalid for {{appName}}",
    "de/password_reset_link_invalid.html": "ungültig für {{appName}}",
    "de-AT/password_reset_link_invalid.html": "net gültig",
    "password_reset.html": "[{{token}}] [{{username}}] [{{error}}] [{{locale}}]",
    "texts.html": "{{title}}: {{hello}}",
    "de/texts.html": "de {{title}}: {{hello}}",
    "values.html": "{{appId}} {{appName}} {{publicServerUrl}} {{pagesEndpoint}} {{pagesUrl}}",
    "more/page.html": "more {{x}}",
    "more/de/page.html": "mehr {{x}}",
    "texts.json": json.dumps(
        {
            "en": {"translation": {"hello": "Hello {{appName}}"}},
            "de": {"translation": {"hello": "Hallo {{appName}} ({{token}})"}},
        }
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@asynccontextmanager
async def pages(folder: Path | None, *, name: str = "App", **given: Any) -> AsyncIterator[LocalApp]:
    if folder is not None:
        given["pagesPath"] = str(folder)
    async with local_app(appName=name, publicServerURL=URL, pages=given) as app:
        yield app


async def get(app: LocalApp, path: str, **headers: str) -> httpx.Response:
    return await app.client.get(f"{URL}/apps/{path}", headers=headers)


async def invalid(
    app: LocalApp, method: str = "GET", query: str = "", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Asks for a page that can be had without any account."""
    url = f"{URL}/apps/app/request_password_reset{query}"
    return await app.client.request(method, url, headers=headers)


def query_of(answer: httpx.Response) -> dict[str, str]:
    query = parse_qs(urlsplit(answer.headers["Location"]).query, strict_parsing=True)
    return {name: value for name, (value,) in query.items()}


# -- languages


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de-AT", "net gültig"),
        ("de-CH", "ungültig für App"),
        ("de", "ungültig für App"),
        ("fr", "invalid for App"),
        ("../de", "invalid for App"),
        ("", "invalid for App"),
    ],
)
async def test_a_page_is_that_of_the_locale(folder: Path, locale: str, expected: str) -> None:
    async with pages(folder, enableLocalization=True) as app:
        answer = await invalid(app, query=f"?locale={locale}")

    assert answer.text == expected


async def test_the_locale_may_come_by_form_and_header(folder: Path) -> None:
    async with pages(folder, enableLocalization=True) as app:
        by_header = await invalid(app, headers={"x-parse-page-param-locale": "de"})
        url = f"{URL}/apps/app/request_password_reset"
        by_form = await app.client.post(url, data={"locale": "de-AT"})

    assert by_header.text == "ungültig für App"
    assert by_header.headers["x-parse-page-param-locale"] == "de"
    assert "/apps/de-AT/password_reset_link_invalid.html" in by_form.headers["Location"]


async def test_without_the_option_the_locale_is_only_passed_on(folder: Path) -> None:
    async with pages(folder) as app:
        answer = await invalid(app, query="?locale=de")

    assert answer.text == "invalid for App"
    assert answer.headers["x-parse-page-param-locale"] == "de"


async def test_a_redirect_leads_to_the_page_of_the_locale(folder: Path) -> None:
    """parse-server redirects there too, and answers 404."""
    async with pages(folder, enableLocalization=True) as app:
        answer = await invalid(app, "POST", "?locale=de-CH")
        assert answer.headers["Location"].startswith(
            f"{URL}/apps/de/password_reset_link_invalid.html?"
        )
        page = await app.client.get(answer.headers["Location"])

    assert (page.status_code, page.text) == (200, "ungültig für App")


async def test_texts_come_from_a_file_by_locale(folder: Path) -> None:
    texts = {"localizationJsonPath": str(folder / "texts.json"), "enableLocalization": True}
    given: dict[str, Any] = {**texts, "placeholders": {"title": "T", "hello": "never"}}
    async with pages(folder, **given) as app:
        shown = [
            (await get(app, f"texts.html{query}")).text
            for query in ("", "?locale=de-AT", "?locale=de&token=<x>", "?locale=fr")
        ]

    assert shown == [
        "T: Hello App",
        "T: Hallo App ()",
        "T: Hallo App (&lt;x&gt;)",
        "T: Hello App",
    ]


async def test_texts_are_not_looked_at_without_localisation(folder: Path) -> None:
    async with pages(folder, localizationJsonPath=str(folder / "texts.json")) as app:
        assert (await get(app, "texts.html?locale=de")).text == ": "


async def test_the_fallback_of_texts_is_an_option(folder: Path) -> None:
    texts = {"localizationJsonPath": str(folder / "texts.json"), "enableLocalization": True}
    given: dict[str, Any] = {**texts, "localizationFallbackLocale": "de"}
    async with pages(folder, **given) as app:
        assert (await get(app, "texts.html?locale=fr")).text == ": Hallo App ()"


@pytest.mark.parametrize("option", ["pagesPath", "localizationJsonPath"])
async def test_a_path_that_leads_nowhere_is_told_at_the_start(tmp_path: Path, option: str) -> None:
    with pytest.raises(OptionsError, match=rf"pages\.{option}"):
        async with pages(None, **{option: str(tmp_path / "missing")}):
            pass


# -- placeholders


async def test_placeholders_are_values_or_a_function(folder: Path) -> None:
    seen: list[Mapping[str, str]] = []

    def plain(parameters: Mapping[str, str]) -> Mapping[str, str]:
        seen.append(parameters)
        return {"title": f"plain {parameters['appName']}"}

    async def asynchronous(_parameters: Mapping[str, str]) -> Mapping[str, str]:
        return {"title": "async", "appName": "Other"}

    texts = []
    for given in ({"title": "<b>"}, plain, asynchronous, lambda _parameters: None):
        async with pages(folder, placeholders=given) as app:
            texts.append((await get(app, "texts.html?locale=de&token=t")).text)

    assert texts == ["&lt;b&gt;: ", "plain App: ", "async: ", ": "]
    assert seen == [
        {"token": "t", "appId": "app", "appName": "App", "publicServerUrl": URL, "locale": "de"}
    ]


async def test_placeholders_go_before_parameters(folder: Path) -> None:
    async with pages(folder, placeholders={"appName": "Other"}) as app:
        answer = await invalid(app)

    assert answer.text == "invalid for Other"
    assert answer.headers["x-parse-page-param-appname"] == "App"


async def test_a_page_knows_where_it_is(folder: Path) -> None:
    async with pages(folder) as app:
        text = unescape((await get(app, "values.html")).text)

    assert text == f"app App {URL} apps {URL}/apps/app"


# -- elsewhere


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_page_that_lives_elsewhere_is_redirected_to(folder: Path, method: str) -> None:
    urls = {"passwordResetLinkInvalid": "https://example.com/x?a=b"}
    async with pages(folder, customUrls=urls, enableLocalization=True) as app:
        answer = await invalid(app, method, "?locale=de")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://example.com/x?a=b&")
    assert query_of(answer) == {
        "a": "b", "appId": "app", "appName": "App", "publicServerUrl": URL, "locale": "de",
    }  # fmt: skip
    assert answer.text == f"Found. Redirecting to {answer.headers['Location']}"


@pytest.mark.parametrize("path", ["/x", "./x", "../x", ""])
async def test_a_path_is_no_place_elsewhere(folder: Path, path: str) -> None:
    async with pages(folder, customUrls={"passwordResetLinkInvalid": path}) as app:
        assert (await invalid(app)).text == "invalid for App"


async def test_all_pages_may_be_redirected_to(folder: Path) -> None:
    async with pages(folder, forceRedirect=True) as app:
        answer = await invalid(app)
        assert answer.status_code == 303
        assert (await app.client.get(answer.headers["Location"])).text == "invalid for App"
        chosen = await get(app, "choose_password?appId=app&token=a%26b&username=n")
        page = await app.client.get(chosen.headers["Location"])

    assert chosen.headers["Location"].startswith(f"{URL}/apps/password_reset.html?")
    assert query_of(chosen)["token"] == "a&b"
    assert page.text == "[a&amp;b] [n] [] []"


async def test_an_error_survives_a_redirect_in_the_servers_words_only(folder: Path) -> None:
    form = {"token": "t", "new_password": "x"}
    async with pages(folder, forceRedirect=True) as app:
        answer = await app.client.post(f"{URL}/apps/app/request_password_reset", data=form)
        page = await app.client.get(answer.headers["Location"])
        forged = await get(app, "password_reset.html?appId=app&token=t&error=Call+0900")

    error = query_of(answer)["error"]
    assert error == "Failed to reset password: username / email / token is invalid"
    assert unescape(page.text) == f"[t] [] [{error}] []"
    assert forged.text == "[t] [] [The password has not been changed.] []"


# -- headers


async def test_headers_tell_programs_what_the_page_tells(folder: Path) -> None:
    async with pages(folder, name="Kühne\r\n日本") as app:
        latin = await invalid(app)
    async with pages(folder, name="Kühne\r\n", encodePageParamHeaders=True) as app:
        encoded = await invalid(app)

    assert latin.status_code == 200
    assert latin.headers["x-parse-page-param-appname"] == "K%C3%BChne%E6%97%A5%E6%9C%AC"
    assert encoded.headers["x-parse-page-param-appname"] == "K%C3%BChne%0D%0A"


async def test_a_file_tells_in_headers_only_to_who_names_the_app(folder: Path) -> None:
    async with pages(folder) as app:
        named = await get(app, "values.html?appId=app&locale=de")
        unnamed = await get(app, "values.html")
        other = await get(app, "values.html?appId=other")

    names = [name for name in named.headers if name.startswith("x-parse-page-param-")]
    assert names == [
        f"x-parse-page-param-{name}" for name in ("appid", "appname", "publicserverurl", "locale")
    ]
    for answer in (unnamed, other):
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("x-parse-page-param-")]


async def test_only_the_built_in_pages_have_a_policy(folder: Path) -> None:
    async with pages(None) as app:
        assert "default-src 'none'" in (await invalid(app)).headers["Content-Security-Policy"]
    async with pages(folder) as app:
        answer = await invalid(app)

    assert "Content-Security-Policy" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_the_built_in_pages_speak_german_of_errors_too() -> None:
    form = {"token": "t", "new_password": "a", "confirm_new_password": "b", "locale": "de"}
    url = f"{URL}/apps/app/request_password_reset"
    async with pages(None, enableLocalization=True) as app:
        german = await app.client.post(url, data=form)
    async with pages(None) as app:
        english = await app.client.post(url, data=form)

    assert "Die beiden Passwörter sind nicht gleich." in german.text
    assert german.headers["x-parse-page-param-error"] == "The passwords do not match."
    assert "The passwords do not match." in english.text


# -- routes of the app's own


async def test_a_route_of_the_apps_own_chooses_a_page(folder: Path) -> None:
    seen: list[PageRequest] = []

    async def handler(request: PageRequest) -> Mapping[str, object]:
        seen.append(request)
        return {"file": "more/page.html", "query": {"x": request.query.get("x"), "y": "<y>"}}

    def plain(_request: PageRequest) -> Mapping[str, object]:
        return {"file": "more/page.html"}

    routes = [
        {"method": "GET", "path": "more/:code", "handler": handler},
        {"method": "POST", "path": "more", "handler": plain},
    ]
    async with pages(folder, customRoutes=routes, enableLocalization=True) as app:
        answer = await get(app, "app/more/c%2Fd?x=<x>&locale=de", X_Name="v")
        posted = await app.client.post(f"{URL}/apps/app/more", data={"a": "b"})
        other = await get(app, "other/more/c")

    assert (answer.status_code, answer.text) == (200, "mehr &lt;x&gt;")
    assert answer.headers["x-parse-page-param-y"] == "<y>"
    assert (posted.status_code, posted.text) == (200, "more ")
    assert other.status_code == 403
    (request,) = seen
    assert (request.method, request.app_id, request.locale) == ("GET", "app", "de")
    assert request.parameters == {"code": "c/d"}
    assert request.headers["x_name"] == "v"


@pytest.mark.parametrize(
    "answer", [None, {}, {"file": "missing.html"}, {"file": "../secret.html"}, {"file": "more"}]
)
async def test_a_route_without_a_page_is_not_found(folder: Path, answer: object) -> None:
    routes = [{"method": "GET", "path": "page", "handler": lambda _request: answer}]
    async with pages(folder, customRoutes=routes) as app:
        found = await get(app, "app/page")

    assert (found.status_code, found.text) == (404, "Not found.")


async def test_routes_of_ours_go_before_the_apps_own(folder: Path) -> None:
    routes = [{"method": "GET", "path": "verify_email", "handler": lambda _request: None}]
    async with pages(folder, customRoutes=routes, forceRedirect=True) as app:
        assert (await get(app, "app/verify_email")).status_code == 303
