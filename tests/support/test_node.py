"""npm packages are installed once for each content of package.json."""

from pathlib import Path

import pytest

from tests.support.availability import MissingComponentError, component_missing
from tests.support.node import STAMP, ensure_node_modules, find_node


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose package.json needs nothing from a registry."""
    try:
        find_node()
    except MissingComponentError as missing:
        component_missing(missing)
    (tmp_path / "package.json").write_text('{"private": true}')
    return tmp_path


def test_second_call_installs_nothing(folder: Path) -> None:
    stamp = ensure_node_modules(folder) / STAMP
    written = stamp.stat().st_mtime_ns

    ensure_node_modules(folder)

    assert stamp.stat().st_mtime_ns == written


def test_changed_manifest_installs_again(folder: Path) -> None:
    stamp = ensure_node_modules(folder) / STAMP
    before = stamp.read_text()
    (folder / "package.json").write_text('{"private": true, "name": "changed"}')

    ensure_node_modules(folder)

    assert stamp.read_text() != before


def test_failed_installation_says_why_and_is_tried_again(folder: Path) -> None:
    (folder / "package.json").write_text("{ not JSON")

    for _ in range(2):
        with pytest.raises(MissingComponentError, match="EJSONPARSE"):
            ensure_node_modules(folder)


def test_missing_node_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingComponentError, match=r"install Node\.js"):
        ensure_node_modules(tmp_path)
