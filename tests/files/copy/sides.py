"""Stores as sides of a copy, and what came of one."""

from parsepy.files.base import FileStore, OpenFile
from parsepy.files.copy.copied import Copied
from parsepy.files.copy.opening import Side
from parsepy.files.copy.report import Outcome, Report
from parsepy.files.copy.run import FileCopy, Mode, Settings
from parsepy.files.encrypted import EncryptedFiles
from parsepy.files.encryption import key_of
from parsepy.files.memory import MemoryFiles
from parsepy.files.state_file import Sum
from tests.files.samples import parts


class Progress:
    def __init__(self) -> None:
        self.total = Sum(0, 0)
        self.done = (0, 0)

    def begin_files(self, title: str, total: Sum) -> None:
        self.total = total

    def advance_files(self, number: int, size: int) -> None:
        self.done = (self.done[0] + number, self.done[1] + size)


class ReadFiles(MemoryFiles):
    """Knows which of its files were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    async def open(self, name: str) -> OpenFile | None:
        self.opened.append(name)
        return await super().open(name)


def side(store: FileStore, key: str | None = None, identity: str | None = None) -> Side:
    """`key` encrypts what is in the store."""
    told = identity or f"{id(store):x}"
    if key is None:
        return Side(store, store, None, told)
    return Side(EncryptedFiles(store, key_of(key)), store, key_of(key), told)


async def save(store: FileStore, name: str, content: bytes = b"content") -> None:
    await store.save(name, parts(content), {"of": name})


async def copied(
    source: Side,
    target: Side,
    state: Copied | None = None,
    mode: Mode = Mode.COPY,
    *,
    overwrite: bool = False,
) -> Report:
    progress = Progress()
    with state or Copied() as known:
        copy = FileCopy(source, target, known, Settings(mode, overwrite), progress)
        report = await copy.run()
    assert progress.done == progress.total
    return report


def told(report: Report) -> dict[Outcome, int]:
    """How many files had each outcome that any had."""
    return {outcome: total.number for outcome, total in report.sums.items() if total.number}
