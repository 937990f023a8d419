"""Adapters of an app's own."""

import threading
from datetime import UTC, datetime

import pytest

from parsepy.errors import Code, ParseError
from parsepy.files.own import OwnFiles, own_store
from parsepy.options.errors import OptionsError
from tests.files.samples import BrokenUpload, broken, later, listed, parts, whole

pytestmark = pytest.mark.anyio

UPLOADED_AT = datetime(2026, 1, 2, tzinfo=UTC)


class Shelf:
    """All that an adapter may have."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, dict[str, object]]] = {}
        self.calls: list[tuple[object, ...]] = []
        self.closed = False

    async def create_file(
        self, filename: str, data: bytes, content_type: str | None, options: dict[str, object]
    ) -> None:
        self.calls.append((filename, data, content_type, options))
        self.files[filename] = (data, options)

    def get_file_data(self, filename: str) -> bytes:
        assert threading.current_thread() is not threading.main_thread()
        return self._found(filename)[0]

    async def delete_file(self, filename: str) -> None:
        self._found(filename)
        del self.files[filename]

    async def get_metadata(self, filename: str) -> object:
        return self._found(filename)[1]["metadata"]

    def validate_filename(self, filename: str) -> str | None:
        return "No spaces, please." if " " in filename else None

    def get_file_location(self, filename: str) -> str | None:
        return None if filename == "here" else f"https://shelf.example/{filename}"

    async def list_files(self) -> list[dict[str, object]]:
        return [
            {"name": name, "length": len(data), "uploaded_at": UPLOADED_AT}
            for name, (data, _) in self.files.items()
        ]

    async def close(self) -> None:
        self.closed = True

    def _found(self, filename: str) -> tuple[bytes, dict[str, object]]:
        if filename not in self.files:
            raise FileNotFoundError(filename)
        return self.files[filename]


class Least:
    """All that an adapter must have."""

    async def create_file(self, *arguments: object) -> None:
        raise ValueError("the shelf has fallen")

    async def get_file_data(self, filename: str) -> object:
        return b"x" if filename == "f" else None

    async def delete_file(self, filename: str) -> None: ...


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def files(shelf: Shelf) -> OwnFiles:
    return OwnFiles(shelf)


async def test_a_file_goes_there_and_comes_back(files: OwnFiles, shelf: Shelf) -> None:
    await files.save("a.txt", parts(b"content"), {"k": [1]}, tags={"t": "1"})
    await files.save("b", parts(b""), {})

    assert shelf.calls == [
        ("a.txt", b"content", "text/plain", {"metadata": {"k": [1]}, "tags": {"t": "1"}}),
        ("b", b"", None, {"metadata": {}}),
    ]
    assert await whole(files, "a.txt") == b"content"
    stored = await files.find("a.txt")
    assert stored is not None
    assert (stored.length, stored.metadata) == (7, {"k": [1]})
    assert [(file.name, file.length, file.uploaded_at) for file in await listed(files)] == [
        ("a.txt", 7, UPLOADED_AT),
        ("b", 0, UPLOADED_AT),
    ]
    assert await files.delete("a.txt")
    assert not await files.delete("a.txt")
    assert await files.open("a.txt") is None
    await files.erase()
    assert shelf.files == {}
    await files.close()
    assert shelf.closed


async def test_addresses_are_the_adapter_s(files: OwnFiles) -> None:
    assert files.location("f") == "https://shelf.example/f"
    assert files.location("here") is None


async def test_a_name_that_the_adapter_refuses_is_not_stored(files: OwnFiles, shelf: Shelf) -> None:
    with pytest.raises(ParseError) as raised:
        await files.save("a b", parts(b"x"), {})

    assert (raised.value.code, raised.value.message) == (
        Code.INVALID_FILE_NAME,
        "No spaces, please.",
    )
    assert shelf.files == {}


async def test_an_upload_that_breaks_off_never_reaches_it(files: OwnFiles, shelf: Shelf) -> None:
    with pytest.raises(BrokenUpload):
        await files.save("f", broken(b"x" * 1000), {})

    assert shelf.calls == []


async def test_the_least_adapter_works() -> None:
    files = OwnFiles(Least())

    with pytest.raises(OSError, match="create_file of the files adapter failed"):
        await files.save("f", parts(b"x"), {})
    assert await whole(files, "f") == b"x"
    assert await files.open("other") is None
    assert files.location("f") is None
    assert await listed(files) == []
    assert [leftover async for leftover in files.leftovers(later())] == []
    await files.close()


def test_an_adapter_without_what_it_needs_stops_the_start() -> None:
    class Half:
        def create_file(self) -> None: ...

        get_file_data = "no function"

    with pytest.raises(OptionsError, match="get_file_data must be a function"):
        own_store(Half())


def test_an_address_cannot_be_waited_for() -> None:
    class Slow(Least):
        async def get_file_location(self, filename: str) -> str:
            return filename

    with pytest.raises(OptionsError, match="get_file_location must answer at once"):
        own_store(Slow())
