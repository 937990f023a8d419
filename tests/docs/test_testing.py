"""The page on tests: its project passes, and it names what there is."""

import inspect
import re
from pathlib import Path

from parsepy.testing import AppUnderTest, MovableClock, RestClient, UserClient, plugin
from tests.testing.test_plugin import run_pytest

TEXT = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
FILES = re.findall(r"`([\w/]+\.(?:ini|py))`[^\n]*\n\n```\w+\n(.*?)```", TEXT, re.DOTALL)

_INTERNAL = ("to_pointer", "to_full_json", "now_ms", "monotonic")
"""What values and clocks are to parsepy itself."""


def test_the_project_passes(tmp_path: Path) -> None:
    assert [name for name, _ in FILES] == [
        "pytest.ini",
        "cloud/main.py",
        "tests/conftest.py",
        "tests/test_scores.py",
    ]
    for name, text in FILES:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "cloud" / "__init__.py").touch()

    assert "5 passed" in run_pytest(tmp_path, "-W", "error")


def test_every_fixture_is_named() -> None:
    fixtures = [
        name for name, value in vars(plugin).items() if "fixture" in type(value).__name__.lower()
    ]

    assert len(fixtures) == 7
    for name in fixtures:
        assert f"`{name}`" in TEXT or name == "parse_loop"


def test_everything_that_they_offer_is_named() -> None:
    for kind in (AppUnderTest, RestClient, UserClient, MovableClock):
        for name in vars(kind):
            if not name.startswith("_") and name not in _INTERNAL:
                assert re.search(rf"\b{name}\b", TEXT), name


def test_the_default_password_is_the_one_that_is_told() -> None:
    assert (
        f'password="{inspect.signature(AppUnderTest.sign_up).parameters["password"].default}"'
        in TEXT
    )
