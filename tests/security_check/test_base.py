"""What cannot be a check or a group is refused when it is made, not when it is run."""

from collections.abc import Callable

import pytest

from parsepy.security_check import Check, CheckGroup


def check(**changes: object) -> Check:
    parts = {"title": "Door", "warning": "Open.", "solution": "Shut it.", "check": list, **changes}
    return Check(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: check(title=None),
        lambda: check(warning=1),
        lambda: check(solution=["x"]),
        lambda: check(check="shut"),
        lambda: CheckGroup(1, []),  # type: ignore[arg-type]
        lambda: CheckGroup("House", ["door"]),  # type: ignore[list-item]
    ],
)
def test_parts_of_a_wrong_type_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="check"):
        make()


def test_checks_of_a_group_may_be_anything_that_yields_them() -> None:
    group = CheckGroup("House", (check(title=title) for title in ("Door", "Window")))

    assert [each.title for each in group.checks] == ["Door", "Window"]
