"""Which row a registration is about, case by case (push sheet, 1.3)."""

import pytest
from msgspec.structs import replace

from parsepy.errors import ParseError
from parsepy.installations.decision import (
    Decision,
    Matches,
    Merged,
    OthersWithToken,
    check_update,
    decide,
    sort_out,
)
from parsepy.installations.registration import Registration
from parsepy.types import ParseObject

NOTHING = Registration(None, None, None, None, None)
WITH_TOKEN = replace(NOTHING, token="t")
WITH_ID = replace(NOTHING, sent_id="i", known_by="i")
FROM = replace(NOTHING, known_by="i")
BOTH = replace(WITH_ID, token="t")

BARE: ParseObject = {"objectId": "bare", "deviceToken": "t", "createdAt": "2026-01-01"}
LATER: ParseObject = {"objectId": "a", "deviceToken": "t", "createdAt": "2026-01-02"}
OWN: ParseObject = {"objectId": "own", "installationId": "i", "deviceToken": "old"}
SAME: ParseObject = {"objectId": "own", "installationId": "i", "deviceToken": "t"}
OTHER: ParseObject = {"objectId": "other", "installationId": "x", "deviceToken": "t"}
THIRD: ParseObject = {"objectId": "third", "installationId": "y", "deviceToken": "t"}
OTHERS = OthersWithToken("t", "i", None)


def decided(
    registration: Registration,
    rows: list[ParseObject],
    target: str | None = None,
    named: str | None = None,
    *,
    token_row_survives: bool = True,
) -> Decision:
    matches = sort_out(rows, registration, target)
    return decide(registration, matches, named_row=named, token_row_survives=token_row_survives)


@pytest.mark.parametrize(
    ("registration", "rows", "decision"),
    [
        (WITH_TOKEN, [], Decision(None)),
        (WITH_ID, [], Decision(None)),
        (FROM, [], Decision(None)),
        (BOTH, [], Decision(None, OTHERS)),
        (WITH_TOKEN, [BARE], Decision(BARE, tells_id=True)),
        (WITH_TOKEN, [OTHER], Decision(OTHER)),
        (WITH_TOKEN, [LATER, BARE], Decision(BARE, tells_id=True)),
        (WITH_TOKEN, [LATER, OTHER], Decision(OTHER)),
        (replace(FROM, token="t"), [LATER, BARE], Decision(BARE, tells_id=True)),
        (BOTH, [BARE], Decision(BARE, tells_id=True)),
        (BOTH, [BARE, LATER], Decision(None, OTHERS)),
        (BOTH, [OTHER], Decision(None, OTHERS)),
        (BOTH, [OTHER, THIRD], Decision(None, OTHERS)),
        (
            replace(BOTH, app_identifier="a"),
            [OTHER],
            Decision(None, OthersWithToken("t", "i", "a")),
        ),
        (WITH_ID, [OWN], Decision(OWN, tells_id=True)),
        (FROM, [OWN], Decision(OWN, tells_id=True)),
        (BOTH, [SAME], Decision(SAME, tells_id=True)),
        (BOTH, [OWN], Decision(OWN, OTHERS, tells_id=True)),
        (BOTH, [OWN, OTHER], Decision(OWN, OTHERS, tells_id=True)),
        (BOTH, [OWN, BARE], Decision(BARE, Merged("own", "installationId"), tells_id=True)),
        (replace(FROM, token="t"), [OWN, OTHER], Decision(OWN, tells_id=True)),
        (
            replace(FROM, token="t"),
            [OWN, BARE],
            Decision(BARE, Merged("own", "installationId"), tells_id=True),
        ),
    ],
)
def test_the_row_of_a_new_registration(
    registration: Registration, rows: list[ParseObject], decision: Decision
) -> None:
    assert decided(registration, rows) == decision


def test_of_two_rows_of_one_device_the_installations_may_survive() -> None:
    decision = decided(BOTH, [OWN, BARE], token_row_survives=False)

    assert decision == Decision(OWN, Merged("bare", "deviceToken"), tells_id=True)


@pytest.mark.parametrize(
    ("registration", "rows"),
    [
        (WITH_TOKEN, [OTHER, THIRD]),
        (WITH_TOKEN, [OTHER, THIRD, BARE]),
        (replace(FROM, token="t"), [OTHER]),
        (replace(FROM, token="t"), [OTHER, THIRD]),
        (replace(FROM, token="t"), [OTHER, BARE]),
    ],
)
def test_a_token_of_many_needs_an_installation(
    registration: Registration, rows: list[ParseObject]
) -> None:
    with pytest.raises(ParseError) as refused:
        decided(registration, rows)

    assert refused.value.code == 132


def test_an_update_is_about_the_row_of_the_installation_that_sends_it() -> None:
    assert decided(FROM, [BARE, OWN], target="bare").row == OWN


def test_an_update_that_takes_a_token_cleans_up_only_where_it_says_what_to_keep() -> None:
    plain = decided(WITH_TOKEN, [OWN, OTHER], target="own")
    naming = decided(WITH_TOKEN, [OWN, OTHER], target="own", named="own")

    assert plain.superfluous is None
    assert naming.superfluous == OthersWithToken("t", None, None, kept_row="own")


def test_rows_without_token_match_no_token() -> None:
    without: ParseObject = {"objectId": "bare"}

    assert sort_out([without], FROM, "bare") == Matches(without, None, [])


@pytest.mark.parametrize(
    ("registration", "target", "code"),
    [
        (WITH_ID, None, 101),
        (replace(WITH_ID, sent_id="j"), OWN, 136),
        (WITH_TOKEN, {**BARE, "deviceToken": "old"}, 136),
        (replace(NOTHING, device_type="ios"), {**OWN, "deviceType": "android"}, 136),
        (replace(NOTHING, device_type="ios"), OWN, 136),
    ],
)
def test_what_an_update_must_not_change(
    registration: Registration, target: ParseObject | None, code: int
) -> None:
    with pytest.raises(ParseError) as refused:
        check_update(registration, target)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("registration", "target"),
    [
        (WITH_ID, OWN),
        (WITH_ID, BARE),
        (WITH_TOKEN, OWN),
        (BOTH, {**BARE, "deviceToken": "old"}),
        (replace(NOTHING, device_type="ios"), {**OWN, "deviceType": "ios"}),
    ],
)
def test_what_an_update_may_change(registration: Registration, target: ParseObject) -> None:
    check_update(registration, target)
