"""What a server's processes cost, as the kernel counts it."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

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


def begin_peak(pid: int) -> None:
    """From here on `peak` counts, where the system can forget what was before."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak(pid: int) -> int | None:
    """The most memory that the process had at once since `begin_peak`; None where unknown."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    kilobytes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(kilobytes[0]) << 10 if kilobytes else None
