"""Marks in a file that is mapped by all processes of a host; for systems with POSIX locks."""

import errno
import fcntl
import logging
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Final

from parsepy.cache.marks import SIZE, touch, touch_all

_log = logging.getLogger(__name__)

_SAFELY: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_LOOK_AGAIN: Final = 1.0
"""Seconds between two looks whether the file is still the one that others open."""


class SharedMarks:
    """`path` is made when it is missing.

    Raises `OSError` when the file cannot be used. Somebody may delete it under running servers: a
    writer sees that at once, a reader when it next refreshes, and both go on with the one that is
    there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self._inode = 0
        self.view = memoryview(bytearray(SIZE)).cast("Q")
        self._next_look = 0.0
        self._lost = False
        self._open()

    def refresh(self) -> None:
        if monotonic() > self._next_look:
            self._reopen_if_gone()

    def touch(self, slots: Iterable[int]) -> None:
        wanted = tuple(slots)
        # Those who have the old file open still look into it, until they miss it too.
        touch(self.view, wanted)
        if self._reopen_if_gone():
            touch(self.view, wanted)

    def touch_all(self) -> None:
        self._reopen_if_gone()
        touch_all(self.view)

    def close(self) -> None:
        """The last who closes removes the file."""
        if self._file < 0:
            return
        file, self._file = self._file, -1
        # The mapping goes with the last reference to the view, since a look may be under way; it
        # must not keep the lock so long.
        if _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB) and self._is_there(self._inode):
            self._path.unlink(missing_ok=True)
        _lock(file, fcntl.LOCK_UN)
        os.close(file)

    def _reopen_if_gone(self) -> bool:
        """Whether another file is open now."""
        self._next_look = monotonic() + _LOOK_AGAIN
        if self._file < 0 or self._is_there(self._inode):
            return False
        old = self._file
        try:
            self._open()
        except OSError:
            if not self._lost:
                _log.warning("the file of change marks has gone: %s", self._path, exc_info=True)
            self._lost = True
            return False
        self._lost = False
        os.close(old)
        return True

    def _is_there(self, inode: int) -> bool:
        try:
            return self._path.stat().st_ino == inode
        except OSError:
            return False

    def _open(self) -> None:
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | _SAFELY, 0o600)
            try:
                _take(file)
                inode = os.fstat(file).st_ino
                if self._is_there(inode):
                    self._map(file)
                    self._file, self._inode = file, inode
                    return
            except BaseException:
                os.close(file)
                raise
            # The last one who used it has removed it just now.
            os.close(file)

    def _map(self, file: int) -> None:
        self.view = memoryview(mmap.mmap(file, SIZE)).cast("Q")
        self._next_look = monotonic() + _LOOK_AGAIN


def _take(file: int) -> None:
    """Fills the file, if it is new, and holds a shared lock on it: programmes that clean temporary
    folders leave locked files alone.

    Whoever is alone with the file fills it. Nobody waits for that while he holds a lock himself: of
    two who did, each would wait for the other's to go. Raises `OSError` when others hold a file
    that is no file of marks.
    """
    if _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
        _fill(file)
    _lock(file, fcntl.LOCK_SH)
    if os.fstat(file).st_size != SIZE:
        raise OSError(errno.EINVAL, "others use the file of change marks, and it has another size")


def _fill(file: int) -> None:
    """With random marks: what is remembered with those of a file that has gone must not look
    valid with those of a new one."""
    if os.fstat(file).st_size != SIZE:
        os.ftruncate(file, 0)
        os.write(file, os.urandom(SIZE))


def _lock(file: int, how: int) -> bool:
    """Whether it was possible; only `LOCK_NB` it may not be."""
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True
