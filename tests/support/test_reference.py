"""The reference starts with given options and answers."""

import httpx
import pytest

from tests.support.availability import MissingComponentError, component_missing
from tests.support.node import ensure_node_modules
from tests.support.reference import FOLDER, running_reference


def test_reference_takes_options_and_answers_a_batch(mongodb_database_uri: str) -> None:
    # /batch is what breaks when npm resolves another router than the pinned one.
    try:
        ensure_node_modules(FOLDER)
    except MissingComponentError as missing:
        component_missing(missing)
    create = {"method": "POST", "path": "/parse/classes/Score", "body": {"points": 1}}

    with running_reference(
        mongodb_database_uri, {"appId": "other", "allowClientClassCreation": True}
    ) as reference:
        answer = httpx.post(
            f"{reference.url}/batch",
            headers={"X-Parse-Application-Id": "other"},
            json={"requests": [create]},
        )

    assert answer.status_code == 200
    assert list(answer.json()[0]) == ["success"]


def test_missing_component_fails_in_ci_and_skips_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = MissingComponentError("no mongod: install it")

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no mongod: install it"):
        component_missing(missing)

    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no mongod: install it"):
        component_missing(missing)
