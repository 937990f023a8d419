"""An app that moves to the other database and back: its users see the files that they saw."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from anyio import to_thread
from click.testing import CliRunner

from parsepy.cli.main import cli
from tests.files.readers import Readers, get, metadata, plain
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio

OPTIONS: Final[dict[str, Any]] = {
    "fileUpload": {"accessControl": "owner", "enableForAnonymousUser": True},
    "fileKey": "a key",
}
READERS: Final = {"owner": "open", "member": "open", "stranger": "missing", "nobody": "missing"}
"""What a file gives to whom, that its owner has shared with the role `staff`."""


async def test_files_and_who_may_read_them_move_along(
    tmp_path: Path, mongodb_database_uri: str
) -> None:
    begun, back = (f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("begun", "back"))
    async with local_app(databaseURI=begun, **OPTIONS) as app:
        readers = await Readers.of(app)
        users = readers.users
        acl = {"role:staff": {"read": True}, users["owner"].id: {"read": True}}
        stored = await readers.upload("owner", **{"X-Parse-File-ACL": json.dumps(acl)})
        by_default = await readers.upload("owner")
        await _check(readers, stored["name"], by_default["name"])

    for source, target in ((begun, mongodb_database_uri), (mongodb_database_uri, back)):
        command = ["copy", source, target]
        # The command has a loop of its own.
        result = await to_thread.run_sync(CliRunner().invoke, cli, command)

        assert result.exit_code == 0, result.output
        assert "Files copied: 2 (" in result.stdout
        async with local_app(databaseURI=target, **OPTIONS) as app:
            await _check(Readers(app, users), stored["name"], by_default["name"])


async def _check(readers: Readers, shared: str, own: str) -> None:
    for actor, expected in READERS.items():
        for door in (get, metadata):
            assert await door(readers, actor, plain(shared)) == expected, (actor, door)
    assert await get(readers, "owner", plain(own)) == "open"
    assert await get(readers, "member", plain(own)) == "missing"
