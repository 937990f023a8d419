"""What is found in a file of the embedded store."""

from pathlib import Path

import apsw
import pytest

from parsepy.doctor.opening import opened
from parsepy.errors import ParseError
from parsepy.protocol.operations import Changes, SetValue
from parsepy.protocol.values import pointer
from parsepy.query.tree import Equal
from parsepy.query.tree import Path as Key
from parsepy.storage.sqlite import SQLiteStorage
from tests.copying.samples import made, schema_of
from tests.doctor.samples import diagnose, make_healthy, told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    place = tmp_path / "with ? # %41" / "app.sqlite"
    storage = SQLiteStorage(str(place))
    await storage.start()
    await make_healthy(storage)
    await storage.close()
    return place


async def test_nothing_is_wrong_with_what_the_server_has_written(file: Path) -> None:
    diagnosis = await diagnose(f"sqlite:///{file}")

    assert told(diagnosis) == []
    assert diagnosis.looked_at["Thing"] == diagnosis.sizes["Thing"].objects == 5
    assert diagnosis.description.startswith("SQLite 3.")


async def test_nothing_is_changed_and_nothing_left_beside_the_file(file: Path) -> None:
    before = file.read_bytes()

    await diagnose(f"sqlite:///{file}")
    await diagnose(f"sqlite:///{file}", 2)

    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_what_a_running_server_has_just_written_is_seen(file: Path) -> None:
    storage = SQLiteStorage(str(file))
    await storage.start()
    await storage.insert(schema_of("Thing"), made("new", number="five"))
    log = file.with_name(f"{file.name}-wal").read_bytes()

    lines = told(await diagnose(f"sqlite:///{file}"))

    assert lines == ["error Thing number holds a value that is no Number ['new']"]
    assert file.with_name(f"{file.name}-wal").read_bytes() == log
    await storage.close()


async def test_a_server_that_comes_meanwhile_is_told(file: Path) -> None:
    storage = SQLiteStorage(str(file))

    async def examine_while_it_starts() -> None:
        async with opened(f"sqlite:///{file}") as database:
            await database.sizes()
            await storage.start()

    with pytest.raises(ParseError, match="meanwhile: run this again"):
        await examine_while_it_starts()
    await storage.close()

    async with opened(f"sqlite:///{file}") as database:
        assert (await database.sizes())["Thing"].objects == 5


async def test_every_kind_of_poison_is_found(file: Path) -> None:
    storage = SQLiteStorage(str(file))
    await storage.start()
    await storage.insert(schema_of("Thing"), made("bad", extra=1, owner={"__type": "Pointer"}))
    await storage.insert(schema_of("Odd_Names0"), made("lacking"))
    await storage.insert(schema_of("_User"), made("ada2", username="ADA", _hashed_password="md5:x"))
    await storage.insert(schema_of("_Session"), made("s2", user=None))
    user: Changes = {"user": SetValue(pointer("_User", "gone"))}
    await storage.update(schema_of("_Session"), Equal(Key("objectId"), "s1"), user)
    await storage.insert(schema_of("Leftover"), made("x"))
    await storage.change_relation("_Join:gone:Thing", "a", ["b"], [])
    await storage.change_relation("_Join:members:Thing", "bare", ["nobody"], [])
    await storage.change_relation("_Join:members:Thing", "nothing", ["ada"], [])
    await storage.close()

    assert sorted(told(await diagnose(f"sqlite:///{file}"))) == sorted(
        [
            "error Thing owner holds a value that is no Pointer<_User> ['bad']",
            "error _User passwords are stored in a form that is not bcrypt ['ada2']",
            "error _User users share their username but for its case ['ada = ada2']",
            "warning Leftover 1 objects of a class that is not in the schema []",
            "warning Odd_Names0 required field UPPER is missing ['lacking']",
            "warning Thing field extra is in no schema ['bad']",
            "warning _Join:gone:Thing 1 rows of a relation that no class has []",
            "warning _Join:members:Thing rows whose member in _User is gone ['nobody']",
            "warning _Join:members:Thing rows whose owner in Thing is gone ['nothing']",
            "warning _Session sessions of users that are gone ['s1', 's2']",
        ]
    )


async def test_a_missing_index_is_found(file: Path) -> None:
    connection = apsw.Connection(str(file))
    connection.execute("""DROP INDEX "_User~2/username_1~0" """)
    connection.close()

    assert told(await diagnose(f"sqlite:///{file}")) == [
        "warning _User the index username_1 is missing []"
    ]


async def test_damaged_pages_are_found(file: Path) -> None:
    connection = apsw.Connection(str(file))
    (root,) = connection.execute(
        """SELECT rootpage FROM sqlite_schema WHERE name = '_User~2/username_1~0'"""
    ).fetchall()[0]
    size = int(str(connection.pragma("page_size")))
    connection.close()
    content = bytearray(file.read_bytes())
    content[(int(str(root)) - 1) * size : (int(str(root)) - 1) * size + 200] = b"\x00" * 200
    file.write_bytes(content)

    found = [
        each for each in (await diagnose(f"sqlite:///{file}")).findings if each.check == "damage"
    ]

    assert found
    assert "backup" in found[0].advice


@pytest.mark.parametrize("content", [None, b"this is no database" * 100])
async def test_a_file_that_is_missing_or_foreign_cannot_be_examined(
    tmp_path: Path, content: bytes | None
) -> None:
    place = tmp_path / "app.sqlite"
    if content is not None:
        place.write_bytes(content)

    with pytest.raises(ParseError, match=r"no file|not a database of parsepy"):
        await diagnose(f"sqlite:///{place}")

    assert place.exists() == (content is not None)
