"""Anonymous users: the id is the proof, and nothing else is looked at."""

import pytest

from parsepy.auth.anonymous import AnonymousProvider
from parsepy.types import JSONObject


@pytest.mark.anyio
@pytest.mark.parametrize("auth_data", [{"id": "one"}, {"id": "one", "more": [1, {"a": None}]}])
async def test_whoever_knows_the_id_is_let_in(auth_data: JSONObject) -> None:
    await AnonymousProvider().validate(auth_data)
