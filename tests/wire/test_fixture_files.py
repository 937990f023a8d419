"""The fixture files themselves: complete, in their layout, with a reason for each deviation."""

import json
from typing import Any

import pytest

from parsepy.types import JSONValue
from tests.wire.cases import CLOUD_CODE, Case, all_cases, layout, with_cloud_code
from tests.wire.own_code import OWN_CODE, named_in

CASES = all_cases()
ENOUGH_EXCHANGES = 250


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
class TestEachFile:
    def test_layout_is_what_recording_writes(self, case: Case) -> None:
        assert case.path.read_text(encoding="utf-8") == layout(case.content) + "\n"

    def test_steps_have_names_of_their_own_and_recorded_answers(self, case: Case) -> None:
        names = [step["name"] for step in case.steps]

        assert len(set(names)) == len(names)
        assert all("response" in step for step in case.steps)

    def test_deviations_have_a_reason(self, case: Case) -> None:
        assert all(step["ours"]["why"] for step in case.steps if "ours" in step)

    def test_internal_errors_of_the_reference_are_not_ours(self, case: Case) -> None:
        answers = [step.get("ours", step["response"]) for step in case.steps]

        assert [answer for answer in answers if _failed_inside(answer)] == []


def _failed_inside(answer: dict[str, Any]) -> bool:
    """Code 1 with a text of its own says what the operator has to set up: no accident."""
    return answer["status"] >= 500 and "error" not in answer.get("json", {})


def test_there_are_enough_exchanges() -> None:
    assert sum(len(case.steps) for case in CASES) >= ENOUGH_EXCHANGES


def test_cloud_code_is_there_for_both_servers() -> None:
    files = {path.name for path in CLOUD_CODE.iterdir() if path.is_file()} - {"__init__.py"}
    used = {str(case.options["cloud"]) for case in CASES if "cloud" in case.options}

    assert files == {f"{name}{suffix}" for name in used for suffix in (".cjs", ".py")}


def test_cloud_code_is_named_by_its_path() -> None:
    assert with_cloud_code({"appId": "a"}, ".py") == {"appId": "a"}
    assert with_cloud_code({"cloud": "jobs"}, ".py") == {"cloud": str(CLOUD_CODE / "jobs.py")}


def test_own_code_is_there_for_both_servers() -> None:
    files = {path.name for path in OWN_CODE.iterdir() if path.is_file()} - {"__init__.py"}
    used = set().union(*(named_in(case.options) for case in CASES))

    assert files == {f"{name}{suffix}" for name in used for suffix in (".cjs", ".py")}


def test_layout_breaks_only_what_does_not_fit() -> None:
    value: JSONValue = {"steps": [{"short": [1, 2]}, {"long": ["x" * 60, "y" * 60]}]}

    text = layout(value)

    assert json.loads(text) == value
    assert text.splitlines()[:2] == ["{", '  "steps": [']
    assert '    {"short": [1, 2]},' in text.splitlines()
    assert max(map(len, text.splitlines())) < 100
