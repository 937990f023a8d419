"""The bar of long commands: on a terminal, and nowhere else."""

import os
import subprocess
import sys
from typing import Final

PROGRAM: Final = """
from parsepy.cli.progress import Bar
with Bar() as bar:
    bar.begin("Thing", 4)
    bar.advance(3)
    bar.advance(1)
    bar.begin("Nothing", 0)
"""


def _on_a_terminal(program: str) -> str:
    ours, theirs = os.openpty()
    try:
        subprocess.run([sys.executable, "-c", program], stderr=theirs, check=True, timeout=30)
        return os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_terminal_sees_how_far_it_is() -> None:
    shown = _on_a_terminal(PROGRAM)

    assert "Thing" in shown
    assert "3/4" in shown
    assert "4/4" in shown


FILES: Final = """
from parsepy.cli.progress import FilesBar
with FilesBar() as bar:
    bar.begin_files("Copying files", (2, 3072))
    bar.advance_files(0, 1024)
    bar.advance_files(1, 512)
    bar.advance_files(1, 1536)
    bar.begin_files("No files", (0, 0))
    bar.begin_files("Empty files", (1, 0))
    bar.advance_files(1, 0)
"""


def test_files_are_told_in_numbers_and_bytes() -> None:
    shown = _on_a_terminal(FILES)

    for said in ("0/2 files, 1.0 KB of 3.0 KB", "1/2 files, 1.5 KB", "2/2 files, 3.0 KB"):
        assert said in shown
    assert "No files" not in shown
    assert "Empty files" in shown


def test_a_file_gets_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, timeout=30
    )

    assert (result.stdout, result.stderr) == (b"", b"")
