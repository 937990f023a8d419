"""`parsepy`, with a list of what it imports: `python recorded_start.py LIST serve --port 0`."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType


class Recorder(MetaPathFinder):
    """Finds nothing, and writes down at once what is looked for."""

    def __init__(self, file: str) -> None:
        self._list = Path(file).open("w", buffering=1, encoding="utf-8")  # noqa: SIM115 (for good)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        print(fullname, file=self._list)


if __name__ == "__main__":
    _, file, *arguments = sys.argv
    sys.meta_path.insert(0, Recorder(file))
    from parsepy.cli.main import cli

    cli(arguments)
