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


def test_a_terminal_sees_how_far_it_is() -> None:
    ours, theirs = os.openpty()
    try:
        subprocess.run([sys.executable, "-c", PROGRAM], stderr=theirs, check=True, timeout=30)
        shown = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)

    assert "Thing" in shown
    assert "3/4" in shown
    assert "4/4" in shown


def test_a_file_gets_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, timeout=30
    )

    assert (result.stdout, result.stderr) == (b"", b"")
