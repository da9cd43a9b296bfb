"""Locks between processes: files that the kernel unlocks when their holder ends, however it ends."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Lock:
    """One lock file, held shared by many or alone by one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, *, shared: bool = False, wait: float | None = 0) -> bool:
        """Take the lock within ``wait`` seconds (None: however long it takes) and tell whether that worked."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.path.open("a")
        manner = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + (wait or 0)
        while True:
            try:
                fcntl.flock(file, manner if wait is None else manner | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.close()
                    return False
                time.sleep(0.05)
            else:
                self._file = file
                return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock alone inside, however long the wait for it is."""
        self.take(wait=None)
        try:
            yield
        finally:
            self.release()

    def fileno(self) -> int:
        """Return the descriptor of the lock held; a process that inherits it holds the lock as well, for itself.

        Raises ValueError where the lock is not held.
        """
        if self._file is None:
            raise ValueError("this lock is not held")
        return self._file.fileno()

    def release(self) -> None:
        """Let go of the lock; nothing happens where it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None
