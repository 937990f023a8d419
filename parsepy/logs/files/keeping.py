"""How long log files are kept: option `maxLogFiles`."""

import re
from pathlib import Path
from typing import Final

import msgspec

from parsepy.logs.base import DAY_MS
from parsepy.logs.files.names import ERRORS, INFO, day_of, log_files

_GIVEN: Final = re.compile(r"([1-9]\d{0,5})(d?)", re.ASCII)


class Keeping(msgspec.Struct, frozen=True):
    """So many files of each kind, or those of so many days; without either, all of them."""

    files: int | None = None
    days: int | None = None

    def remove_others(self, folder: Path, now: int) -> None:
        """Several processes may do it at once."""
        for kind in (INFO, ERRORS):
            found = log_files(folder, kind)
            if self.files is not None:
                found = found[: -self.files]
            elif self.days is not None:
                first = day_of(now - (self.days - 1) * DAY_MS)
                found = [file for file in found if file.day < first]
            else:
                found = []
            for file in found:
                file.path.unlink(missing_ok=True)


def read_keeping(given: object) -> Keeping | None:
    """`14` or `"14"` files, `"14d"` days, `None` for all; `None` comes back for anything else."""
    if given is None:
        return Keeping()
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    match = _GIVEN.fullmatch(str(given))
    if match is None or isinstance(given, bool):
        return None
    number = int(match[1])
    return Keeping(days=number) if match[2] else Keeping(files=number)
