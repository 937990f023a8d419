"""The page on second proofs: its example runs, and it names what there is."""

import re
from pathlib import Path
from typing import Any

import pyotp
import pytest

from parsepy.auth.mfa import options
from tests.support.asgi import app_client
from tests.support.local_app import OPTIONS, URL

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "mfa.md").read_text(encoding="utf-8")
SECRET = pyotp.random_base32()


async def test_the_example_enrols_and_logs_in(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    example = TEXT.split("```python\n")[1].split("```")[0]
    given = {name: value for name, value in OPTIONS.items() if name != "serverURL"}
    exec(example.replace('"appId": "app",\n', f"**{given!r},\n"), names)
    async with app_client(names["app"]) as client:

        async def send(method: str, path: str, body: object, session: str = "") -> Any:
            headers = {"X-Parse-Application-Id": "app"}
            if session:
                headers["X-Parse-Session-Token"] = session
            answer = await client.request(method, f"{URL}{path}", json=body, headers=headers)
            return answer.json()

        account = {"username": "ann", "password": "secret"}
        user = await send("POST", "/users", account)
        path, session = f"/users/{user['objectId']}", user["sessionToken"]

        async def change(mfa: object) -> Any:
            return await send("PUT", path, {"authData": {"mfa": mfa}}, session)

        async def log_in(token: str) -> Any:
            return await send("POST", "/login", {**account, "authData": {"mfa": {"token": token}}})

        app = await change({"secret": SECRET, "token": pyotp.TOTP(SECRET).now()})
        codes = app["authDataResponse"]["mfa"]["recovery"].split(", ")
        alone = await send("POST", "/login", account)
        opened = await log_in(codes[0])
        await change({"mobile": "+49 151 1234", "old": codes[1]})
        sent = capsys.readouterr().out.split()[-1]
        confirmed = await change({"mobile": "+49 151 1234", "token": sent})
        asked = await log_in("request")
        sent = capsys.readouterr().out.split()[-1]
        again = await log_in(sent)

    assert alone == {"code": -1, "error": "Missing additional authData mfa"}
    assert opened["authData"] == again["authData"] == {"mfa": {"status": "enabled"}}
    assert confirmed["authDataResponse"] == {}
    assert asked == {"code": 141, "error": "Please enter the token"}


def test_every_option_is_named() -> None:
    source = Path(options.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'given\.get\("(\w+)"\)', source)) | {"sendSMS", "send_sms"}

    assert {"options", "digits", "period", "algorithm"} <= read
    assert {name for name in read if f"`{name}`" not in TEXT} == set()
