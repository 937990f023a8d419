"""A server that is ended and started again while its clients stay, on the port that they know."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from parsepy.types import JSONMapping
from tests.support.parsepy_server import RunningParsepy, running_parsepy


class Restarting:
    """`parsepy` is the one that runs at the moment."""

    def __init__(self, database_uri: str, folder: Path, options: JSONMapping) -> None:
        self._given = (database_uri, folder, options)
        self._life = ExitStack()
        self.parsepy = self._start(None)

    def restart(self) -> None:
        """Returns when the next one answers."""
        port = urlsplit(self.parsepy.url).port
        self.end()
        self.parsepy = self._start(port)

    def end(self) -> None:
        self._life.close()

    def _start(self, port: int | None) -> RunningParsepy:
        database_uri, folder, options = self._given
        return self._life.enter_context(running_parsepy(database_uri, folder, options, port=port))


@contextmanager
def restarting(database_uri: str, folder: Path, options: JSONMapping) -> Iterator[Restarting]:
    """The store has to outlive a process."""
    server = Restarting(database_uri, folder, options)
    try:
        yield server
    finally:
        server.end()
