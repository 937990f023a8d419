"""One log file that grows: entries of several processes, each line whole."""

import os
from pathlib import Path
from typing import Final

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
_FOLDER_MODE: Final = 0o750
_FILE_MODE: Final = 0o640


class GrowingFile:
    """Lines go in by one write each time, which the system appends in one piece: what a process
    has written is in the file, also when it is killed then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        self._descriptor = os.open(path, _FLAGS, _FILE_MODE)
        self._is_torn = False

    def append(self, lines: bytes) -> None:
        """Raises `OSError`; of a disk that is full, say."""
        if self._is_torn:
            lines = b"\n" + lines
        written = os.write(self._descriptor, lines)
        while written < len(lines):
            self._is_torn = True
            written += os.write(self._descriptor, lines[written:])
        self._is_torn = False

    def is_there(self) -> bool:
        """False when somebody has moved the file away, or deleted it."""
        try:
            here, there = os.fstat(self._descriptor), self.path.stat()
        except OSError:
            return False
        return (here.st_ino, here.st_dev) == (there.st_ino, there.st_dev)

    def close(self) -> None:
        os.close(self._descriptor)
