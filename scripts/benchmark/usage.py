"""What a server's processes cost, as the kernel counts it."""

from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `pss` shares pages among the processes that map them; None where unknown."""

    rss: int
    pss: int | None


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its threads and its living and ended children."""
    own = psutil.Process(pid).cpu_times()
    total: float = own.user + own.system + own.children_user + own.children_system
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            total += times.user + times.system
    return total


def memory(pid: int) -> Memory:
    """Memory of a process and its children."""
    process = psutil.Process(pid)
    used = [each.memory_full_info() for each in (process, *process.children(recursive=True))]
    shares = [getattr(each, "pss", None) for each in used]
    known = [share for share in shares if share is not None]
    return Memory(
        rss=sum(each.rss for each in used),
        pss=sum(known) if len(known) == len(shares) else None,
    )
