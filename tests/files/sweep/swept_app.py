"""A running app, and sweeps over its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from parsepy.files.base import FileStore
from parsepy.files.sweep.referrers import Referrers
from parsepy.files.sweep.run import Report, Settings, Sweep
from parsepy.files.sweep.worklist import Worklist
from parsepy.telemetry.progress import Silence
from tests.support.local_app import MASTER_KEY, URL, LocalApp

AT_ONCE = timedelta(minutes=-1)
"""Even what was stored in this millisecond is older."""
PLACE = "here"


@dataclass
class SweptApp:
    app: LocalApp

    @property
    def files(self) -> FileStore:
        return self.app.app.parts.files

    @property
    def referrers(self) -> Referrers:
        return Referrers(self.app.app.parts.storage)

    async def upload(self, *names: str, **headers: str) -> None:
        sent = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": MASTER_KEY} | headers
        for name in names:
            answer = await self.app.client.post(f"{URL}/files/{name}", content=b"x", headers=sent)
            assert answer.status_code == 201, answer.text

    async def mention(self, *names: str) -> str:
        """The id of an object with these files, each in a field."""
        fields = {f"f{n}": {"__type": "File", "name": name} for n, name in enumerate(names)}
        return await self.app.create("Game", fields)

    async def left(self) -> list[str]:
        return sorted([file.name async for file in self.files.stored()])

    async def sweep(
        self,
        *,
        delete: bool = True,
        older_than: timedelta = AT_ONCE,
        everything: bool = False,
        state: Path | None = None,
        referrers: Sequence[Referrers] = (),
        files: FileStore | None = None,
        place: str = PLACE,
    ) -> Report:
        settings = Settings(older_than, delete, everything)
        with Worklist(state) as worklist:
            sweep = Sweep(
                files or self.files, referrers or [self.referrers], worklist, settings, Silence()
            )
            return await sweep.run(place)
