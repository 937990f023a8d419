"""The keys of a server that was started without any: made once, kept in a file."""

import os
import secrets
import tempfile
from pathlib import Path

import msgspec

from parsepy.cli.failure import CannotStart


class Keys(msgspec.Struct, frozen=True, rename="camel"):
    """The content of `keys.json`."""

    app_id: str
    master_key: str


class KeptKeys(msgspec.Struct, frozen=True):
    """Keys, the file that holds them, and whether it was written just now."""

    keys: Keys
    file: Path
    first_start: bool

    @property
    def readable_by_others(self) -> bool:
        return os.name == "posix" and bool(self.file.stat().st_mode & 0o077)


def load_or_create_keys(folder: Path) -> KeptKeys:
    """The keys in `folder`, random ones at the first call.

    The file is readable by its owner only. Two servers that start at once agree: one of them
    creates the file, the other reads it.
    """
    file = folder / "keys.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        created = _create(file)
        return KeptKeys(created or _read(file), file, created is not None)
    except OSError as error:
        raise CannotStart(f"Cannot keep keys in {file}: {error.strerror}.") from None


def _create(file: Path) -> Keys | None:
    if file.exists():
        return None
    keys = Keys(app_id=secrets.token_hex(10), master_key=secrets.token_hex(32))
    # mkstemp makes it readable by its owner only. The link puts it in place in one step, and
    # fails if another server was quicker.
    descriptor, draft = tempfile.mkstemp(prefix=".keys-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(keys)) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    except FileExistsError:
        return None
    finally:
        Path(draft).unlink()
    return keys


def _read(file: Path) -> Keys:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Keys)
    except msgspec.DecodeError as error:
        raise CannotStart(
            f"{file} is damaged ({error}); restore it, or delete it to get new keys."
        ) from None
