"""What a sweep finds, deletes and leaves alone, on each store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parsepy.copying.state import begin_state
from parsepy.errors import ParseError
from parsepy.files.acls import SCHEMA, FileAcls
from parsepy.files.base import Leftover, LeftoversHidden, StoredFile
from parsepy.files.sweep.referrers import Referrers
from parsepy.files.sweep.worklist import Status
from parsepy.schema.classes import ClassSchema
from tests.files.samples import BrokenUpload, broken, parts
from tests.files.sweep.swept_app import SweptApp

pytestmark = pytest.mark.anyio


async def test_only_what_nothing_mentions_is_deleted(swept: SweptApp) -> None:
    await swept.upload("held.txt", "orphan.txt")
    await swept.mention("held.txt")

    report = await swept.sweep()

    assert await swept.left() == ["held.txt"]
    assert report.files[Status.DELETED] == (1, 1)
    assert report.files[Status.MENTIONED] == (1, 1)


async def test_nothing_is_deleted_without_being_told(swept: SweptApp) -> None:
    await swept.upload("held.txt", "orphan.txt")
    await swept.mention("held.txt")

    report = await swept.sweep(delete=False)

    assert await swept.left() == ["held.txt", "orphan.txt"]
    assert report.has_findings
    assert report.files[Status.UNMENTIONED] == (1, 1)


async def test_what_is_young_is_left_alone(swept: SweptApp) -> None:
    await swept.upload("held.txt", "orphan.txt")
    await swept.mention("held.txt")

    report = await swept.sweep(older_than=timedelta(hours=24))

    assert await swept.left() == ["held.txt", "orphan.txt"]
    assert report.files[Status.YOUNG] == (2, 2)
    assert not report.has_findings


async def test_every_place_for_a_file_counts(swept: SweptApp) -> None:
    names = [f"{n}.txt" for n in range(9)]
    await swept.upload(*names, "orphan.txt")
    files: list[Any] = [{"__type": "File", "name": name} for name in names]
    url = "http://parse.test/parse/files/app/"
    product = {
        "subtitle": "s",
        "productIdentifier": "p",
        "icon": files[1],
        "order": 1,
        "title": "t",
    }
    await swept.mention(names[0])
    await swept.app.create("_Product", product, master=True)
    await swept.app.create("Album", {"list": [{"in": files[2]}], "o": {"k": [files[3]]}})
    await swept.app.create("Text", {"s": f"<img src='{url}{names[4]}'>", "plain": names[5]})
    await swept.app.sign_up(avatar=files[6])
    config = {"params": {"logo": files[7]}, "masterKeyOnly": {"logo": True}}
    await swept.app.ok("PUT", "/config", config, master=True)
    schedule = {"jobName": "j", "params": f'{{"f":"{url}{names[8]}"}}'}
    await swept.app.ok("POST", "/classes/_JobSchedule", schedule, master=True)

    await swept.sweep()

    assert await swept.left() == names


async def test_an_object_that_is_saved_meanwhile_keeps_its_file(swept: SweptApp) -> None:
    """Its class had been looked through by then."""
    await swept.upload("held.txt", "late.txt", "orphan.txt")
    await swept.mention("held.txt")

    @dataclass(frozen=True, slots=True)
    class Interrupted(Referrers):
        async def mentioned(self, schema: ClassSchema) -> AsyncIterator[tuple[int, set[str]]]:
            async for found in Referrers.mentioned(self, schema):
                yield found
            if schema.name == "Game":
                await swept.mention("late.txt")

    await swept.sweep(referrers=[Interrupted(swept.app.app.parts.storage)])

    assert await swept.left() == ["held.txt", "late.txt"]


async def test_it_is_looked_again_before_each_batch(
    swept: SweptApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parsepy.files.sweep.run.AT_ONCE", 1)
    await swept.upload("a.txt", "b.txt", "c.txt", "held.txt")
    game = await swept.mention("held.txt")

    class Noting:
        """The first file that is deleted makes an object mention the last one."""

        def __getattr__(self, name: str) -> Any:
            return getattr(swept.files, name)

        async def delete(self, name: str) -> bool:
            file = {"__type": "File", "name": "c.txt"}
            await swept.app.ok("PUT", f"/classes/Game/{game}", {"late": file})
            return await swept.files.delete(name)

    await swept.sweep(files=Noting())

    assert await swept.left() == ["c.txt", "held.txt"]


async def test_what_is_stored_anew_meanwhile_is_left_alone(swept: SweptApp) -> None:
    await swept.upload("again.txt", "held.txt")
    await swept.mention("held.txt")

    class Replacing:
        def __getattr__(self, name: str) -> Any:
            return getattr(swept.files, name)

        async def find(self, name: str) -> StoredFile | None:
            await swept.files.save(name, parts(b"another"), {})
            return await swept.files.find(name)

    report = await swept.sweep(files=Replacing())

    assert await swept.left() == ["again.txt", "held.txt"]
    assert report.files[Status.UNMENTIONED] == (1, 1)


async def test_where_nothing_mentions_a_file_it_has_to_be_said_twice(swept: SweptApp) -> None:
    """It may be another database than that of the files."""
    await swept.upload("orphan.txt")

    with pytest.raises(ParseError, match="--all"):
        await swept.sweep()
    assert await swept.left() == ["orphan.txt"]

    await swept.sweep(everything=True)
    assert await swept.left() == []


async def test_a_file_of_unknown_age_is_left_alone(swept: SweptApp) -> None:
    await swept.upload("held.txt", "orphan.txt")
    await swept.mention("held.txt")

    class Ageless:
        def __getattr__(self, name: str) -> Any:
            return getattr(swept.files, name)

        async def stored(self) -> AsyncIterator[StoredFile]:
            async for file in swept.files.stored():
                yield replace(file, uploaded_at=None)

    report = await swept.sweep(files=Ageless())

    assert await swept.left() == ["held.txt", "orphan.txt"]
    assert report.files[Status.AGELESS] == (2, 2)


# -- leftovers


async def test_acls_go_with_their_files(swept: SweptApp) -> None:
    await swept.upload("held.txt", "orphan.txt", **{"X-Parse-File-ACL": "{}"})
    await swept.mention("held.txt")

    await swept.sweep()

    assert await _rows(swept) == ["held.txt"]


async def test_acls_of_files_that_are_gone_are_found(swept: SweptApp) -> None:
    await swept.upload("held.txt", "gone.txt", **{"X-Parse-File-ACL": "{}"})
    await swept.mention("held.txt")
    await swept.files.delete("gone.txt")

    assert (await swept.sweep(delete=False)).rows == 1
    assert await _rows(swept) == ["gone.txt", "held.txt"]
    assert (await swept.sweep(older_than=timedelta(hours=1))).rows == 0
    assert (await swept.sweep()).rows == 1
    assert await _rows(swept) == ["held.txt"]


async def test_an_upload_that_fails_leaves_no_acl(swept: SweptApp) -> None:
    acls = FileAcls(swept.app.app.parts.storage, "owner")
    with suppress(BrokenUpload):
        async with acls.guarding(swept.app.context(), "broken.txt", {}, lambda: False):
            await swept.files.save("broken.txt", broken(b"x" * 100), {})

    assert await _rows(swept) == []


async def _rows(swept: SweptApp) -> list[str]:
    storage = swept.app.app.parts.storage
    return sorted(
        [str(row.document["objectId"]) async for batch in storage.scan(SCHEMA) for row in batch]
    )


async def test_where_leftovers_are_hidden_the_rest_is_swept(swept: SweptApp) -> None:
    class Hiding:
        def __getattr__(self, name: str) -> Any:
            return getattr(swept.files, name)

        def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
            raise LeftoversHidden("the reason")

    await swept.upload("held.txt", "orphan.txt", "gone.txt", **{"X-Parse-File-ACL": "{}"})
    await swept.mention("held.txt")
    await swept.files.delete("gone.txt")

    report = await swept.sweep(files=Hiding())

    assert report.hidden_leftovers == "the reason"
    assert (report.leftovers.number, report.rows) == (0, 1)
    assert await swept.left() == ["held.txt"]


# -- interrupted and continued


async def test_an_interrupted_sweep_is_continued(swept: SweptApp, tmp_path: Path) -> None:
    state = tmp_path / "state"
    await swept.upload("held.txt", "late.txt", "orphan.txt")
    game = await swept.mention("held.txt")
    looked_at: list[str] = []

    @dataclass(frozen=True, slots=True)
    class Noting(Referrers):
        fails: bool = False

        async def mentioned(self, schema: ClassSchema) -> AsyncIterator[tuple[int, set[str]]]:
            if self.fails and schema.name == "_User":
                raise asyncio.CancelledError
            looked_at.append(schema.name)
            async for found in Referrers.mentioned(self, schema):
                yield found

    await swept.app.sign_up()
    storage = swept.app.app.parts.storage
    with pytest.raises(asyncio.CancelledError):
        await swept.sweep(state=state, referrers=[Noting(storage, fails=True)])
    assert "Game" in looked_at
    assert state.stat().st_mode & 0o777 == 0o600
    looked_at.clear()
    file = {"__type": "File", "name": "late.txt"}
    await swept.app.ok("PUT", f"/classes/Game/{game}", {"late": file})
    await swept.upload("newer.txt")

    await swept.sweep(state=state, referrers=[Noting(storage)])

    assert "Game" not in looked_at
    assert "_User" in looked_at
    assert await swept.left() == ["held.txt", "late.txt", "newer.txt"]


async def test_a_state_is_of_one_database(swept: SweptApp, tmp_path: Path) -> None:
    state = tmp_path / "state"
    await swept.sweep(state=state)
    (tmp_path / "text").write_text("this is no database" * 100)

    with pytest.raises(ParseError, match="another database"):
        await swept.sweep(state=state, place="elsewhere")
    with pytest.raises(ParseError, match="no file that a sweep has made"):
        await swept.sweep(state=tmp_path / "text")
    if (tmp_path / "app.sqlite").exists():
        with pytest.raises(ParseError, match="no file that a sweep has made"):
            await swept.sweep(state=tmp_path / "app.sqlite")


# -- what is not the app's


async def test_an_unfinished_copy_is_not_swept(swept: SweptApp) -> None:
    await swept.upload("orphan.txt")
    await begin_state(swept.app.app.parts.storage, "sqlite:///other")

    with pytest.raises(ParseError, match="unfinished copy"):
        await swept.sweep(everything=True)
