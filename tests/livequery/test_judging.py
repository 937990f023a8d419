"""Which event a change is."""

import pytest

from parsepy.livequery.judging import Event, changes_any, judge
from parsepy.types import JSONObject


@pytest.mark.parametrize(
    ("was_there", "is_there", "is_new", "event"),
    [
        (True, True, False, Event.UPDATE),
        (True, False, False, Event.LEAVE),
        (False, True, False, Event.ENTER),
        (False, True, True, Event.CREATE),
        (False, False, False, None),
        (False, False, True, None),
    ],
)
def test_an_event_is_what_a_query_before_and_one_after_would_have_told(
    was_there: bool, is_there: bool, is_new: bool, event: Event | None
) -> None:
    assert judge(was_there=was_there, is_there=is_there, is_new=is_new) is event


@pytest.mark.parametrize(
    ("watched", "differs"),
    [
        (("a",), False),
        (("b",), True),
        (("a", "b"), True),
        (("gone",), True),
        (("new",), True),
        (("never",), False),
        (("m.x",), False),
        (("m.y",), True),
        (("m.y.z",), False),
        (("a.x",), False),
        (("flag",), True),
    ],
)
def test_a_watched_field_has_to_become_another(watched: tuple[str, ...], differs: bool) -> None:
    original: JSONObject = {"a": 1, "b": 2, "gone": 1, "m": {"x": 1, "y": 2}, "flag": 1}
    current: JSONObject = {"a": 1, "b": 3, "new": None, "m": {"x": 1, "y": 3}, "flag": True}

    assert changes_any(watched, current, original) is differs


def test_to_a_new_object_every_watched_field_that_it_has_is_news() -> None:
    assert changes_any(("a",), {"a": None}, None)
    assert not changes_any(("b",), {"a": 1}, None)
