"""What processes use, as Linux tells it under /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_SQLITE = (".db", ".db-wal", ".db-shm")
_TICKS_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of processor time that these processes have used so far."""
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids) / _TICKS_S


def memory_mib(pid: int) -> float:
    """The memory that the process holds, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def handles(pid: int) -> int:
    """How many files and sockets the process has open, but for those of SQLite: its pool opens a connection more, of
    two files, whenever more transactions meet than ever before, and eight at most."""
    found = 0
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found += not os.readlink(handle).endswith(_SQLITE)
    return found


def children(pid: int) -> list[int]:
    """The process and those that it started."""
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_stat(int(entry.name))[1])
            except OSError:  # it ended meanwhile
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; the name before it may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
