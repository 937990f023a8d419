"""`/health` and `/serverInfo`."""

import pytest

from tests.support.local_app import MAINTENANCE_KEY, READ_ONLY_KEY, LocalApp

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Parse_Master_Key": "master-key"}, 200),
        ({"X_Parse_Master_Key": READ_ONLY_KEY}, 200),
        ({"X_Parse_Maintenance_Key": MAINTENANCE_KEY}, 403),
        ({"X_Parse_Master_Key": "wrong"}, 403),
        ({}, 403),
    ],
)
async def test_the_server_tells_of_itself_to_the_master_key(
    parse: LocalApp, headers: dict[str, str], status: int
) -> None:
    answer = await parse.send("GET", "/serverInfo", **headers)  # type: ignore[arg-type]

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["parseServerVersion"] == "9.10.0"
        assert answer.json()["features"]["schemas"]["addClass"] is True
    else:
        assert "9.10" not in answer.text


async def test_no_answer_names_the_server(parse: LocalApp) -> None:
    for path in ("/health", "/classes/Game", "/nowhere"):
        headers = (await parse.send("GET", path)).headers
        assert not {"server", "x-powered-by"} & {name.lower() for name in headers}
