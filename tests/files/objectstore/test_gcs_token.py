"""Who asks Google for uploads."""

import json
import time
from pathlib import Path

import pytest

from parsepy.files.objectstore.gcs_token import AccessToken
from tests.support.gcs_signatures import ServiceAccount, check_token, the_account


@pytest.fixture
def account() -> ServiceAccount:
    return the_account()


@pytest.fixture
def key_file(account: ServiceAccount, tmp_path: Path) -> str:
    path = tmp_path / "account.json"
    # As Google makes them; nothing answers there.
    made = {**account.credentials, "token_uri": "http://127.0.0.1:9/token"}
    path.write_text(json.dumps(made))
    return str(path)


def test_an_account_signs_itself(account: ServiceAccount) -> None:
    token = AccessToken(account.credentials, None)

    text = token()

    assert text is not None
    check_token(text, account, time.time())
    assert token() == text


def test_an_account_in_a_file_signs_itself(account: ServiceAccount, key_file: str) -> None:
    text = AccessToken({}, key_file)()

    assert text is not None
    check_token(text, account, time.time())


def test_without_an_account_it_is_whom_the_machine_names(
    key_file: str, monkeypatch: pytest.MonkeyPatch, account: ServiceAccount
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file)

    text = AccessToken({}, None)()

    assert text is not None
    check_token(text, account, time.time())


def test_emulators_want_no_token(account: ServiceAccount) -> None:
    assert AccessToken({**account.credentials, "disable_oauth": True}, None)() is None


def test_an_account_that_is_missing_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nowhere.json"))

    with pytest.raises(OSError, match="DefaultCredentialsError"):
        AccessToken({}, None)()
    with pytest.raises(OSError, match=r"nowhere\.json"):
        AccessToken({}, str(tmp_path / "nowhere.json"))()
