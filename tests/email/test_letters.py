"""Letters about accounts: parse-server's words, other languages, an app's own templates."""

import logging
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from parsepy.email.base import Letter
from parsepy.email.letters import BUILT_IN, Letters
from parsepy.email.mail import Kind
from parsepy.options import OptionsError

pytestmark = pytest.mark.anyio

LINK = "https://game.test/parse/apps/app/verify_email?token=AbCdEfGhIjKlMnOpQrStUvWxY"
PARTS = (".subject.txt", ".txt", ".html")
LETTERS = (Kind.VERIFICATION, Kind.PASSWORD_RESET)


def letter(
    *, username: str = "ann", app_name: str = "Game", locale: str | None = None, **user: str
) -> Letter:
    fields = {"objectId": "u1", "username": username, "email": "ann@example.com", **user}
    return Letter("ann@example.com", {**fields}, app_name, LINK, locale)


def write_files(folder: Path, **texts: str) -> Path:
    """`de__verification_html` is the file `de/verification.html`."""
    for name, text in texts.items():
        place, _, file = name.rpartition("__")
        stem, _, suffix = file.rpartition("_")
        path = folder / place / f"{stem.replace('_subject', '.subject')}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


class _Page(HTMLParser):
    """What a reader sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


# -- what comes with the server


async def test_the_english_texts_are_those_of_parse_server() -> None:
    verification = await Letters().write(Kind.VERIFICATION, letter())
    reset = await Letters().write(Kind.PASSWORD_RESET, letter())

    assert (verification.to, reset.to) == ("ann@example.com", "ann@example.com")
    assert verification.subject == "Please verify your e-mail for Game"
    assert verification.text == (
        "Hi,\n\nYou are being asked to confirm the e-mail address ann@example.com with Game\n\n"
        f"Click here to confirm it:\n{LINK}"
    )
    assert reset.subject == "Password Reset for Game"
    assert reset.text == (
        "Hi,\n\nYou requested to reset your password for Game (your username is 'ann').\n\n"
        f"Click here to reset it:\n{LINK}"
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", LETTERS)
async def test_html_has_one_button_and_nothing_from_elsewhere(kind: Kind, language: str) -> None:
    message = await Letters().write(kind, letter(locale=language))

    assert message.html is not None
    page = _Page(message.html)
    assert page.links == [LINK, LINK]
    assert not {"script", "img", "link", "style", "form"} & set(page.tags)
    assert f'<html lang="{language}">' in message.html
    assert 'name="viewport"' in message.html


async def test_the_wheel_takes_the_templates_along() -> None:
    templates = files("parsepy.email") / "templates"

    for language in ("en", "de"):
        for name in (kind + part for kind in LETTERS for part in PARTS):
            assert (templates / language / name).is_file()
    assert (templates / "layout.html").is_file()


# -- what users and apps are called


@pytest.mark.parametrize("text", ["<b>bold</b>", "{{ 7*7 }}", "{% raw %}", '"><script>', "&amp;"])
@pytest.mark.parametrize("kind", LETTERS)
async def test_names_are_text_and_nothing_else(kind: Kind, text: str) -> None:
    message = await Letters().write(kind, letter(username=text, app_name=text))

    assert message.html is not None
    page = _Page(message.html)
    assert text in page.text
    assert "49" not in page.text
    assert not {"b", "script"} & set(page.tags)
    assert page.links == [LINK, LINK]
    assert text in message.subject
    assert text in message.text


async def test_names_stay_on_their_line() -> None:
    name = "ann').\r\n\r\nYour account is locked:\nhttps://evil.test/\u2028"

    message = await Letters().write(Kind.PASSWORD_RESET, letter(username=name, app_name="A\nB: c"))

    assert len(message.text.splitlines()) == 6
    assert message.subject == "Password Reset for A B: c"


# -- languages


@pytest.mark.parametrize("locale", ["de", "DE", "de-AT", "de_AT", "de-Latn-AT"])
async def test_a_locale_falls_back_to_its_language(locale: str) -> None:
    message = await Letters().write(Kind.PASSWORD_RESET, letter(locale=locale))

    assert message.subject == "Neues Passwort für Game"


@pytest.mark.parametrize(
    "locale",
    [None, "", "fr", "xx-YY", "../de", "de/../en", "/etc", "de\0", "d", "e n", "..", "de."],
)
async def test_an_unknown_locale_gets_the_fallback(locale: str | None) -> None:
    message = await Letters().write(Kind.PASSWORD_RESET, letter(locale=locale))
    german = await Letters(fallback="de").write(Kind.PASSWORD_RESET, letter(locale=locale))

    assert message.subject == "Password Reset for Game"
    assert german.subject == "Neues Passwort für Game"


async def test_an_unknown_fallback_is_english() -> None:
    message = await Letters(fallback="ja").write(Kind.VERIFICATION, letter())

    assert message.subject == "Please verify your e-mail for Game"


async def test_the_language_of_a_users_field_goes_before_that_of_a_request() -> None:
    letters = Letters(locale_field="language")

    german = await letters.write(Kind.PASSWORD_RESET, letter(language="de-CH", locale="en-GB"))
    unset = await letters.write(Kind.PASSWORD_RESET, letter(locale="de"))
    nameless = await letters.write(Kind.PASSWORD_RESET, letter())
    unasked = await Letters().write(Kind.PASSWORD_RESET, letter(language="de"))

    assert german.subject == unset.subject == "Neues Passwort für Game"
    assert nameless.subject == unasked.subject == "Password Reset for Game"


async def test_a_language_that_is_no_text_is_none() -> None:
    letters = Letters(locale_field="language")
    strange = Letter("a@b.c", {"language": ["de"]}, "Game", LINK)

    assert (await letters.write(Kind.PASSWORD_RESET, strange)).subject == "Password Reset for Game"


# -- templates of the app's own


async def test_own_templates_get_what_there_is_to_know(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        verification_subject_txt="{{ app_name }}!\n",
        verification_txt="{{ username }} {{ email }} {{ user.city }} {{ link }} {{ locale }}",
        verification_html="<p>{{ username }} {{ user.city }} {{ nothing }}</p>",
    )

    message = await Letters(folder).write(
        Kind.VERIFICATION, letter(username="<ann>", city="<Graz>", locale="fr-FR")
    )

    assert message.subject == "Game!"
    assert message.text == f"<ann> ann@example.com <Graz> {LINK} fr-FR"
    assert message.html == "<p>&lt;ann&gt; &lt;Graz&gt; </p>"


async def test_own_templates_go_before_ours_in_every_language(tmp_path: Path) -> None:
    folder = write_files(tmp_path, verification_txt="ours")
    (tmp_path / "pt-BR").mkdir()
    (tmp_path / "pt-BR" / "verification.txt").write_text("nosso")
    letters = Letters(folder)

    async def text(locale: str) -> str:
        return (await letters.write(Kind.VERIFICATION, letter(locale=locale))).text

    assert await text("de") == "ours"
    assert await text("pt-br") == "nosso"
    assert await text("pt") == "ours"


async def test_what_own_templates_lack_is_ours_in_the_same_language(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        verification_html="<p>look</p>",
        de__verification_txt="Nur Text",
    )
    letters = Letters(folder)

    looks = await letters.write(Kind.VERIFICATION, letter())
    german = await letters.write(Kind.VERIFICATION, letter(locale="de"))
    other = await letters.write(Kind.PASSWORD_RESET, letter(locale="de"))

    assert (looks.html, looks.subject) == ("<p>look</p>", "Please verify your e-mail for Game")
    assert looks.text.startswith("Hi,")
    assert (german.text, german.html) == ("Nur Text", None)
    assert german.subject == "Bestätigen Sie Ihre E-Mail-Adresse für Game"
    assert other.subject == "Neues Passwort für Game"


async def test_own_templates_may_build_on_ours_and_on_each_other(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        verification_html='{% extends "layout.html" %}{% block title %}Mine{% endblock %}',
        password_reset_html='{% extends "frame.html" %}{% block inside %}{{ link }}{% endblock %}',
    )
    (tmp_path / "frame.html").write_text("<i>{% block inside %}{% endblock %}</i>")

    ours = await Letters(folder).write(Kind.VERIFICATION, letter())
    own = await Letters(folder).write(Kind.PASSWORD_RESET, letter())

    assert ours.html is not None
    assert "<title>Mine</title>" in ours.html
    assert own.html == f"<i>{LINK}</i>"


@pytest.mark.parametrize(
    "template",
    [
        "{{ user.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ user.update({'username': 'eve'}) }}",
        "{% include '../secret.txt' %}",
        "{% include '/etc/passwd' %}",
        "{{ range(10000000)|list }}",
    ],
)
async def test_templates_are_kept_in_their_sandbox(
    tmp_path: Path, template: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "secret.txt").write_text("root:")
    folder = write_files(tmp_path / "mail", verification_txt=template)

    message = await Letters(folder).write(Kind.VERIFICATION, letter())

    for leaked in ("root:", "uid=", "object", "subclasses", "eve"):
        assert leaked not in message.text


async def test_who_waits_for_a_letter_gets_ours_when_the_apps_own_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_files(
        tmp_path, verification_txt="{{ link.nothing.more }} {{ link|int + user.age }}"
    )
    with caplog.at_level(logging.DEBUG):
        message = await Letters(folder).write(Kind.VERIFICATION, letter())

    assert message.subject == "Please verify your e-mail for Game"
    assert LINK in message.text
    (record,) = caplog.records
    assert "UndefinedError" in record.getMessage()
    assert "AbCdEf" not in caplog.text
    assert "ann@example.com" not in caplog.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ link", "verification.txt, line 1: unexpected end of template"),
        ("a\n\n{% if %}", "verification.txt, line 3: Expected an expression"),
        ("{{ link|nofilter }}", "verification.txt, line 1: No filter named 'nofilter'."),
    ],
)
def test_a_template_that_cannot_be_read_is_told_at_the_start(
    tmp_path: Path, text: str, reason: str
) -> None:
    folder = write_files(tmp_path, verification_txt=text)

    with pytest.raises(OptionsError) as caught:
        Letters(folder).check("emailAdapter.templates")

    assert str(caught.value).startswith(f"Option emailAdapter.templates: {folder}/{reason}")


def test_a_folder_without_templates_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "verify.html").write_text("…")
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin1").mkdir()
    (tmp_path / "latin1" / "verification.txt").write_bytes(b"Gr\xfc\xdfe")
    for folder, reason in (
        (tmp_path / "nowhere", "No such file or directory."),
        (tmp_path / "verify.html", "Not a directory."),
        (tmp_path, "has none of verification.subject.txt, verification.txt,"),
    ):
        with pytest.raises(OptionsError) as caught:
            Letters(folder).check("emailAdapter.templates")
        assert reason in str(caught.value)


def test_a_template_that_is_not_in_utf8_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "verification.txt").write_bytes(b"Gr\xfc\xdfe")

    with pytest.raises(OptionsError, match="its templates are not in UTF-8"):
        Letters(tmp_path).check("emailAdapter.templates")


def test_our_own_templates_can_all_be_read() -> None:
    Letters(BUILT_IN).check("emailAdapter.templates")
