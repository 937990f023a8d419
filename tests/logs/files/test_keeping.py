"""How many log files are kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsepy.logs.files.keeping import Keeping, read_keeping
from parsepy.logs.files.names import INFO, log_files

NOW = int(datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp() * 1000)
DAYS = ("2026-02-20", "2026-03-03", "2026-03-04", "2026-03-05")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, Keeping()),
        (3, Keeping(files=3)),
        (3.0, Keeping(files=3)),
        ("3", Keeping(files=3)),
        ("14d", Keeping(days=14)),
        ("0", None),
        (0, None),
        (-1, None),
        (1.5, None),
        ("14 d", None),
        ("d", None),
        ("", None),
        (True, None),
        ([1], None),
    ],
)
def test_the_option(given: object, kept: Keeping | None) -> None:
    assert read_keeping(given) == kept


@pytest.mark.parametrize(
    ("keeping", "kept"),
    [
        (Keeping(), DAYS),
        (Keeping(files=2), DAYS[-2:]),
        (Keeping(files=9), DAYS),
        (Keeping(days=1), DAYS[-1:]),
        (Keeping(days=3), DAYS[-3:]),
        (Keeping(days=30), DAYS),
    ],
)
def test_what_is_older_is_removed_of_each_kind(
    tmp_path: Path, keeping: Keeping, kept: tuple[str, ...]
) -> None:
    for day in DAYS:
        for kind in ("info", "err"):
            (tmp_path / f"parse-server.{kind}.{day}").touch()
    others = ("parse-server.info.2020-01-01.gz", "parse-server.info.log", "notes.txt")
    for name in others:
        (tmp_path / name).touch()

    keeping.remove_others(tmp_path, NOW)

    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        *(f"parse-server.{kind}.{day}" for day in kept for kind in ("info", "err")),
        *others,
    }
    assert [file.day for file in log_files(tmp_path, INFO)] == list(kept)


def test_a_folder_that_is_not_there_has_nothing_to_remove(tmp_path: Path) -> None:
    Keeping(files=1).remove_others(tmp_path / "none", NOW)
