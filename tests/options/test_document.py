"""docs/options.md is what the table says."""

from pathlib import Path

from parsepy.options.catalogue import ENTRIES
from parsepy.options.document import document

PAGE = Path(__file__).parents[2] / "docs" / "options.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), (
        "run: python -m parsepy.options.document docs/options.md"
    )


def test_the_page_names_every_option_and_variable() -> None:
    page = document()

    assert [
        e.dotted for e in ENTRIES if f"| `{e.option.name}` | `{e.environment}` |" not in page
    ] == []
