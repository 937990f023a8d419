"""The screen that a start prints."""

from importlib.metadata import version
from pathlib import Path

import pytest

from parsepy.cli.banner import banner, masked, store
from parsepy.cli.keys import KeptKeys, Keys
from parsepy.cli.launch import Launch, local_url
from parsepy.options import load_options

MASTER_KEY = "0123456789abcdef0123456789abcdef"


def screen(kept: KeptKeys | None = None, **given: object) -> str:
    loaded = load_options({"appId": "app", "masterKey": MASTER_KEY, **given})
    return banner(Launch(loaded.options, loaded.warnings, kept), loaded.options, 0.314)


def kept_keys(*, first_start: bool) -> KeptKeys:
    return KeptKeys(Keys("app", MASTER_KEY), Path("parse-data/keys.json"), first_start)


def test_it_names_url_keys_store_and_time() -> None:
    text = screen(
        host="127.0.0.1",
        javascriptKey="js",
        restAPIKey="rest",
        maintenanceKey="maintenance-secret",
        readOnlyMasterKey="read-only-secret",
        publicServerURL="https://api.example.org/parse",
        cluster=2,
    )

    for fragment in (
        "is ready after 0.31 s\n",
        "URL                 http://127.0.0.1:1337/parse\n",
        "Public URL          https://api.example.org/parse\n",
        "Application id      app\n",
        "Master key          0123********\n",
        "JavaScript key      js\n",
        "REST API key        rest\n",
        "Store               SQLite in parse-data/parse.sqlite\n",
        "Processes           2\n",
    ):
        assert fragment in text
    for secret in (MASTER_KEY, "maintenance-secret", "read-only-secret"):
        assert secret not in text


def test_the_first_start_shows_the_master_key_and_a_first_request() -> None:
    text = screen(kept_keys(first_start=True))

    assert MASTER_KEY in text
    assert "shown this once; kept in parse-data/keys.json" in text
    assert "/parse/classes/GameScore" in text


def test_later_starts_tell_where_the_master_key_is() -> None:
    text = screen(kept_keys(first_start=False))

    assert MASTER_KEY not in text
    assert "0123******** (in parse-data/keys.json)" in text
    assert "GameScore" not in text


def test_warnings_come_with_their_fix() -> None:
    text = screen(masterkey="x")

    assert "Warning: Unknown option masterkey.\n           Did you mean masterKey?\n" in text


def test_the_version_is_that_of_the_installed_package() -> None:
    assert screen().startswith(f"parsepy {version('parsepy-server')} is ready")


def test_a_server_that_sends_no_mail_says_so() -> None:
    assert "Mail                shown here, sent nowhere\n" in screen(emailAdapter="console")
    assert "Mail  " not in screen()


def test_it_fits_one_screen() -> None:
    first = kept_keys(first_start=True)
    lines = screen(first, push={}, cloud="main.js", emailAdapter="console").splitlines()

    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("short", "********"), ("x" * 15, "********"), ("abcd" + "x" * 12, "abcd********")],
)
def test_a_short_secret_is_hidden_whole(secret: str, shown: str) -> None:
    assert masked(secret) == shown


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:1337/parse"),
        ("0.0.0.0", "http://127.0.0.1:1337/parse"),
        ("::", "http://127.0.0.1:1337/parse"),
        ("::1", "http://[::1]:1337/parse"),
        ("parse.local", "http://parse.local:1337/parse"),
    ],
)
def test_the_url_is_one_that_works_here(host: str, url: str) -> None:
    options = load_options({"appId": "app", "masterKey": "m", "host": host}).options

    assert local_url(options) == url


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("sqlite:////data/a.sqlite", "SQLite in /data/a.sqlite"),
        ("sqlite::memory:", "SQLite in memory; all is lost at the end"),
        ("mongodb://h1,h2/db", "MongoDB at mongodb://h1,h2/db"),
        ("mongodb://u:secret@h1/db?a=b", "MongoDB at mongodb://h1/db"),
        ("mongodb+srv://u:s%40@h1/db", "MongoDB at mongodb+srv://h1/db"),
        ("mongodb://h1/db?tlsCertificateKeyFilePassword=p", "MongoDB at mongodb://h1/db"),
        ("mongodb://u:se@cret@h1/db", "MongoDB at mongodb://h1/db"),
    ],
)
def test_the_store_is_shown_without_credentials(uri: str, shown: str) -> None:
    assert store(uri) == shown
