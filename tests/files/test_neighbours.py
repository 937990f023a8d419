"""ACLs of files, beside everything else that looks at the same store."""

import json
from pathlib import Path

import httpx
import pytest

from parsepy.copying.places import Place
from parsepy.copying.run import Job, copy
from parsepy.doctor.run import examine_at
from parsepy.files.acls import SCHEMA, FileAcls
from parsepy.schema.system_classes import FILE_ACCESS_CLASS
from parsepy.telemetry.progress import Silence
from parsepy.types import JSONObject
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio

STAFF: JSONObject = {"role:staff": {"read": True}}


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


async def _put_one(uri: str) -> None:
    async with local_app(databaseURI=uri, fileUpload={"accessControl": "owner"}) as app:
        await app.create("Game", {"n": 1})
        acls = FileAcls(app.app.parts.storage, "owner")
        async with acls.guarding(app.context(), "a.txt", STAFF, lambda: False):
            pass


async def test_a_copy_takes_them_along(database_uri: str, tmp_path: Path) -> None:
    await _put_one(database_uri)
    target = Place(f"sqlite:///{tmp_path}/target.sqlite")

    report = await copy(Job(Place(database_uri), target), Silence())

    assert report.is_complete
    assert not [warning for warning in report.warnings if FILE_ACCESS_CLASS in warning]
    storage = target.storage()
    await storage.start()
    copied = await storage.get(SCHEMA, "a.txt", None)
    await storage.close()
    assert copied is not None
    assert copied["ACL"] == STAFF


async def test_a_doctor_finds_nothing_wrong_with_them(database_uri: str) -> None:
    await _put_one(database_uri)

    diagnosis = await examine_at(database_uri, "", Silence(), None)

    assert not [each for each in diagnosis.findings if each.class_name == FILE_ACCESS_CLASS]


async def test_no_request_reaches_them(database_uri: str) -> None:
    await _put_one(database_uri)
    async with local_app(databaseURI=database_uri, fileUpload={"accessControl": "owner"}) as app:
        name = FILE_ACCESS_CLASS
        answers: list[httpx.Response] = [
            await app.send(method, path, body, master=True)
            for method, path, body in (
                ("GET", f"/classes/{name}", None),
                ("GET", f"/classes/{name}/a.txt", None),
                ("POST", f"/classes/{name}", {"ACL": {}}),
                ("PUT", f"/classes/{name}/a.txt", {"ACL": {}}),
                ("DELETE", f"/classes/{name}/a.txt", None),
                ("DELETE", f"/purge/{name}", None),
                ("GET", f"/schemas/{name}", None),
                ("DELETE", f"/schemas/{name}", None),
                ("GET", f"/aggregate/{name}?pipeline=[]", None),
            )
        ]
        schemas = await app.ok("GET", "/schemas", master=True)
        stored = await app.app.parts.storage.get(SCHEMA, "a.txt", None)

    assert not [answer.text for answer in answers if "staff" in answer.text]
    assert name not in json.dumps(schemas)
    assert stored is not None
    assert stored["ACL"] == STAFF
