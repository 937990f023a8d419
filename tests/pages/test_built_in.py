"""The built-in pages: readable by all, safe, and complete in every language."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from parsepy.options.load import load_options
from parsepy.pages.answers import Html
from parsepy.pages.folder import BUILT_IN
from parsepy.pages.page import Page
from parsepy.pages.request import PageRequest
from parsepy.pages.service import Pages
from tests.support.local_app import OPTIONS

pytestmark = pytest.mark.anyio
LOCALES = ["en", "de", "de-AT"]
HOSTILE = "\"><script>alert(1)</script>'{{appName}}"
URL = "https://example.com/parse"
PAGES = Pages(
    load_options(
        {
            **OPTIONS,
            "appName": "A <App>",
            "publicServerURL": URL,
            "pages": {"enableLocalization": True, "pagesEndpoint": "mail/pages"},
        }
    ).options
)
VOID = {"meta", "link", "input", "path"}


class Reader(HTMLParser):
    """The elements of a page and their texts; what is not closed in order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


async def shown(page: Page, locale: str) -> Html:
    request = PageRequest("GET", "app", query={"locale": locale})
    told = {"token": HOSTILE, "username": HOSTILE, "error": HOSTILE}
    answer = await PAGES.show(request, page, told)
    assert isinstance(answer, Html)
    return answer


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(Page))
async def html(request: pytest.FixtureRequest, locale: str) -> Html:
    return await shown(request.param, locale)


async def test_a_page_says_its_language_title_and_width(html: Html, locale: str) -> None:
    page = Reader(html.text)

    (root,) = page.all("html")
    assert root["lang"] == locale.split("-")[0]
    assert page.texts["title"].endswith(" · A <App>")
    assert page.texts["h1"].strip()
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all(
        "meta"
    )
    assert {"charset": "utf-8"} in page.all("meta")
    assert len(page.all("main")) == len(page.all("h1")) == 1


async def test_a_page_loads_nothing_and_runs_nothing(html: Html) -> None:
    page = Reader(html.text)

    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "base"}
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    assert not any(
        name.startswith("on") or name in ("style", "src")
        for _, attributes in page.elements
        for name in attributes
    )
    assert "url(" not in html.text
    assert "@import" not in html.text


async def test_every_placeholder_is_filled(html: Html) -> None:
    assert "{{" not in html.text.replace("{{appName}}", "")
    assert "None" not in html.text


async def test_the_policy_allows_the_pages_own_style_and_forms(html: Html) -> None:
    assert html.policy is not None
    assert "default-src 'none'; style-src 'sha256-" in html.policy
    assert "form-action 'self' https://example.com; frame-ancestors 'none'" in html.policy


@pytest.mark.parametrize(
    ("page", "route"),
    [
        (Page.PASSWORD_RESET, "request_password_reset"),
        (Page.EMAIL_VERIFICATION_LINK_EXPIRED, "resend_verification_email"),
        (Page.EMAIL_VERIFICATION_LINK_INVALID, "resend_verification_email"),
    ],
)
async def test_a_form_goes_to_its_route_with_token_and_language(
    page: Page, route: str, locale: str
) -> None:
    found = Reader((await shown(page, locale)).text)

    (form,) = found.all("form")
    assert form["method"] == "post"
    assert form["action"] == f"{URL}/mail/pages/app/{route}"
    hidden = {
        field["name"]: field["value"] for field in found.all("input") if field["type"] == "hidden"
    }
    assert hidden["token"] == HOSTILE
    assert hidden["locale"] == locale


async def test_password_fields_have_labels_and_are_known_to_password_managers(locale: str) -> None:
    found = Reader((await shown(Page.PASSWORD_RESET, locale)).text)

    fields = [field for field in found.all("input") if field["type"] == "password"]
    assert [field["name"] for field in fields] == ["new_password", "confirm_new_password"]
    assert [label["for"] for label in found.all("label")] == [field["id"] for field in fields]
    assert all(field["autocomplete"] == "new-password" for field in fields)
    assert fields[0]["aria-invalid"] == "true"
    described = str(fields[0]["aria-describedby"]).split()
    assert set(described) <= {element.get("id") for _, element in found.elements}


async def test_a_page_without_a_token_offers_no_mail(locale: str) -> None:
    request = PageRequest("GET", "app", query={"locale": locale})

    answer = await PAGES.show(request, Page.EMAIL_VERIFICATION_LINK_INVALID)

    assert isinstance(answer, Html)
    assert Reader(answer.text).all("form") == []


def test_colours_differ_enough_to_be_read() -> None:
    """As WCAG's level AA asks, in light and in dark."""
    style = (BUILT_IN / "head.html").read_text()
    light, dark = style.split("prefers-color-scheme: dark")
    pairs = [
        ("text", "card"), ("quiet", "card"), ("quiet", "page"), ("good", "good-ground"),
        ("bad", "bad-ground"), ("on-accent", "accent"), ("on-accent", "accent-pressed"),
    ]  # fmt: skip
    for theme in (light, dark):
        assert all(contrast(colour(theme, a), colour(theme, b)) >= 4.5 for a, b in pairs)
        assert contrast(colour(theme, "field"), colour(theme, "card")) >= 3


def colour(style: str, name: str) -> str:
    digits = style.split(f"--{name}: #", 1)[1].split(";", 1)[0]
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(digits: str) -> float:
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_language_has_every_page() -> None:
    names = {page.file for page in Page}

    for folder in (BUILT_IN, BUILT_IN / "de", BUILT_IN / "de-AT"):
        assert names <= {file.name for file in Path(folder).iterdir()}
