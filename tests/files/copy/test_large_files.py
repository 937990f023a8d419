"""A copy takes no more memory for a large file than for a small one."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parsepy.cli.files.sides import SOURCE_KEY, TARGET_KEY
from parsepy.files.base import FileStore
from parsepy.files.embedded import EmbeddedFiles
from tests.files.copy.sides import side

SMALL, LARGE = 1 << 20, 40 << 20
GROWN = 20 << 20
"""Bytes of memory by which the large one may make the process larger: parts on their way."""

PROGRAM = """
import json, re, sys
from pathlib import Path
from parsepy.cli.main import cli

for source, target in json.loads(sys.argv[1]):
    try:
        cli(["files", "copy", source, target])
    except SystemExit as end:
        print(end.code)
    print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.parametrize("key", [None, "a key"], ids=["plain", "encrypted"])
def test_a_large_file_is_never_in_memory(
    tmp_path: Path, mongodb_database_uri: str, key: str | None
) -> None:
    small, large = (f"sqlite:///{tmp_path}/{size}.sqlite" for size in (SMALL, LARGE))
    for size in (SMALL, LARGE):
        (tmp_path / f"{size}.sqlite").touch()
        asyncio.run(_save(side(EmbeddedFiles(tmp_path / f"{size}.sqlite.files"), key).store, size))
    back = [f"sqlite:///{tmp_path}/back-of-{size}.sqlite" for size in (SMALL, LARGE)]
    ways = [
        (small, mongodb_database_uri),
        (mongodb_database_uri, back[0]),
        (large, mongodb_database_uri),
        (mongodb_database_uri, back[1]),
    ]

    peaks = _peaks(ways, key)

    assert peaks[3] - peaks[1] < GROWN
    assert (tmp_path / f"back-of-{LARGE}.sqlite.files" / "index.sqlite").exists()


async def _save(files: FileStore, size: int) -> None:
    await files.save(f"{size}.bin", _bytes(size), {})
    await files.close()


async def _bytes(size: int) -> AsyncIterator[bytes]:
    block = os.urandom(1 << 20)
    for _ in range(size // len(block)):
        yield block


def _peaks(ways: list[tuple[str, str]], key: str | None) -> list[int]:
    """After each copy, the most memory that the process has ever had."""
    environment = {**os.environ, SOURCE_KEY: key or "", TARGET_KEY: key or ""}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(ways)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = ended.stdout.split("\n")
    assert lines.count("0") == len(ways), ended.stdout + ended.stderr
    return [int(line) << 10 for line in lines if line.isdigit() and line != "0"]
