"""Anonymous users: the id is the proof, and nothing else is looked at."""

import pytest

from parsepy.auth.anonymous import AnonymousProvider
from parsepy.auth.base import ACCEPTED, AuthRequest, ProviderSettings, Stage
from parsepy.outbound import Outbound
from parsepy.types import JSONObject


@pytest.mark.anyio
@pytest.mark.parametrize("auth_data", [{"id": "one"}, {"id": "one", "more": [1, {"a": None}]}])
async def test_whoever_knows_the_id_is_let_in(auth_data: JSONObject) -> None:
    provider = AnonymousProvider(ProviderSettings("anonymous", {}, Outbound()))

    assert await provider.validate(Stage.SET_UP, auth_data, AuthRequest()) == ACCEPTED
