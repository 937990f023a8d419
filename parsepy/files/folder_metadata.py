"""What was sent with the files of a folder: one JSON file for each that has any."""

from pathlib import Path
from typing import Final
from uuid import uuid4

from parsepy.files.base import Leftover
from parsepy.files.disk import Folders, Written, seen_in
from parsepy.protocol import json
from parsepy.types import JSONObject

_NAME: Final = ".metadata"


class FolderMetadata:
    """For threads: each step waits for the disk. Names are those that the files have there."""

    def __init__(self, folder: Path, folders: Folders) -> None:
        self._files = folder
        self._folders = folders
        self._folder = folder / _NAME

    def of(self, name: str) -> JSONObject:
        try:
            found = json.loads((self._folder / name).read_bytes())
        except (OSError, ValueError):
            # Whatever became of it, the file is there.
            return {}
        return found if isinstance(found, dict) else {}

    def put(self, name: str, metadata: JSONObject) -> None:
        if not metadata:
            self.remove(name)
            return
        written = Written(self._folder / f".{uuid4().hex}", self._folders)
        try:
            written.create()
            written.write(json.dumps(metadata))
            written.finish()
            written.rename(self._folder / name)
        except BaseException:
            written.discard()
            raise

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def without_file(self) -> list[Leftover]:
        return [
            Leftover(f"{_NAME}/{seen.key}", seen.size, seen.changed_at)
            for seen in seen_in(self._folder)
            if not (self._files / seen.key).exists()
        ]
