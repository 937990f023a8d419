"""The rooms of the package import in one direction."""

from pathlib import Path

import pytest

from tests.architecture.rooms import LINES, PACKAGE, imports, is_wrong, module_name

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / PACKAGE).rglob("*.py"))


def test_no_import_goes_against_the_order_of_the_house() -> None:
    wrong = [
        str(found)
        for file in FILES
        for found in imports(
            file.read_text(encoding="utf-8"),
            module_name(file, ROOT),
            is_package=file.name == "__init__.py",
        )
        if is_wrong(found)
    ]

    assert wrong == []


def test_every_folder_and_module_of_the_package_has_a_line() -> None:
    known = frozenset().union(*LINES)

    rooms = {file.relative_to(ROOT / PACKAGE).parts[0].removesuffix(".py") for file in FILES}

    assert rooms - {"__init__"} <= known


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("parsepy.query.tree", "from parsepy.objects.read import find"),
        ("parsepy.query.tree", "import parsepy.schema"),
        ("parsepy.query.tree", "from ..options import load"),
        ("parsepy.query.tree", "from parsepy import create_app"),
        ("parsepy.users.login", "def f():\n    from parsepy.http import dispatch"),
        ("parsepy.email.letters", "from parsepy.auth import apple"),
        ("parsepy.users.login", "if TYPE_CHECKING:\n    from parsepy.app import Context"),
        ("parsepy.storage.sqlite.find", "from parsepy.storage.mongodb.values import encode"),
        ("parsepy.storage.sqlite.find", "from parsepy.storage import mongodb"),
    ],
)
def test_an_import_against_the_order_is_found(module: str, source: str) -> None:
    found = list(imports(source, module, is_package=False))

    assert [is_wrong(each) for each in found] == [True]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("parsepy.query.tree", "from parsepy import errors"),
        ("parsepy.query.tree", "from . import geometry"),
        ("parsepy.objects.write.steps", "from parsepy.query.tree import Where"),
        ("parsepy.storage.sqlite.find", "from parsepy.storage.base import Storage"),
        ("parsepy.cli.serve", "from parsepy.app import create_app"),
        ("parsepy.cli.serve", "import parsepyramid"),
    ],
)
def test_an_import_along_the_order_is_fine(module: str, source: str) -> None:
    assert not any(is_wrong(each) for each in imports(source, module, is_package=False))
