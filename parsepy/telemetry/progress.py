"""What long work tells while it runs."""

from typing import Protocol


class Progress(Protocol):
    def begin(self, title: str, total: int) -> None:
        """A step of `total` objects begins; the last one is over."""

    def advance(self, number: int) -> None: ...


class Silence:
    """Tells nobody."""

    def begin(self, title: str, total: int) -> None:
        pass

    def advance(self, number: int) -> None:
        pass
