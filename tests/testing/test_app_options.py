"""The options of an app under test."""

import json
from pathlib import Path

import pytest

from parsepy.email.memory import MemoryAdapter
from parsepy.options.errors import OptionsError
from parsepy.testing.app_options import options_of, read_options


def test_they_are_read_from_a_mapping_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "parse.json").write_text(json.dumps({"appName": "Scores"}))

    assert read_options("", tmp_path) == {}
    assert read_options(' {"appName": "Scores", "a": true}', tmp_path) == {
        "appName": "Scores",
        "a": True,
    }
    # As pytest passes on an inline table of TOML.
    assert read_options("{'appName': 'Scores', 'a': True}", tmp_path)["a"] is True
    assert read_options("parse.json", tmp_path) == {"appName": "Scores"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("missing.json", r"missing\.json cannot be read"),
        ("broken.json", r"broken\.json cannot be read"),
        ("list.json", "must be an object"),
        ("{nonsense", "is no JSON"),
        ("{f()}", "is no JSON"),
    ],
)
def test_what_is_none_is_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[]")

    with pytest.raises(OptionsError, match=told):
        read_options(text, tmp_path)


def test_nothing_of_production_is_reached() -> None:
    mails = MemoryAdapter()
    options = options_of(
        {
            "appName": "Scores",
            "databaseURI": "mongodb://production/scores",
            "redisURL": "redis://production",
            "cloud": "cloud/main.py",
            "masterKeyIps": ["10.0.0.0/8"],
            "emailAdapter": {"module": "smtp", "options": {"host": "x"}, "templates": "mails"},
        },
        mails,
    )

    assert options["appName"] == "Scores"
    assert options["databaseURI"] == "sqlite::memory:"
    assert (options["redisURL"], options["cloud"]) == (None, None)
    assert options["emailAdapter"] == {"module": mails, "templates": "mails"}
    assert options["masterKeyIps"] != ["10.0.0.0/8"]
    assert options_of({}, mails)["emailAdapter"] is mails
