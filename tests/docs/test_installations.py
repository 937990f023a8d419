"""docs/installations.md names what there is."""

import re
from pathlib import Path

from parsepy.options.definitions.files import INSTALLATION
from parsepy.schema.system_classes import DEFAULT_COLUMNS, REQUIRED_COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "installations.md").read_text()


def test_every_option_has_a_row_with_its_default() -> None:
    for option in INSTALLATION.options:
        shown = option.default if isinstance(option.default, str) else "false"
        assert f"| `{option.name}` | `{shown}` |" in PAGE


def test_every_field_is_named() -> None:
    for name in (*DEFAULT_COLUMNS["_Installation"], *REQUIRED_COLUMNS["_Product"]):
        assert f"`{name}`" in PAGE, name


def test_every_code_of_a_refusal_has_a_row() -> None:
    assert re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE) == [
        *("101", "111", "119", "132", "135", "136")
    ]
