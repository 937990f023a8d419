"""Which key an operation on a class needs at all: every caller, every operation, every kind."""

from collections.abc import Iterator
from functools import partial

import pytest

from parsepy.errors import ParseError
from parsepy.permissions import class_access
from parsepy.schema.system_classes import SYSTEM_CLASSES, VOLATILE_CLASSES
from tests.permissions.callers import CALLERS, MIGHTY
from tests.support.refusals import refusal

READS = ("find", "get")
WRITES = ("create", "update", "delete")
CLOSED = (*sorted(VOLATILE_CLASSES), "_Join:users:_Role", "_Join:fans:Game")
OPEN = ("Game", "_User", "_Role", "_Session", "_Product", "Hooks", "_Other")


def _cases() -> Iterator[tuple[str, str, str, bool]]:
    """caller, operation, class, whether it is let through."""
    for operation in (*READS, *WRITES):
        for caller in CALLERS:
            for class_name in CLOSED:
                yield caller, operation, class_name, caller in MIGHTY
            for class_name in OPEN:
                yield caller, operation, class_name, True
            for_masters = operation in ("find", "delete")
            yield caller, operation, "_Installation", caller in MIGHTY or not for_masters


CASES = list(_cases())


def _lets_through(caller: str, operation: str, class_name: str) -> bool:
    error = refusal(lambda: class_access.check(CALLERS[caller], operation, class_name))
    assert error is None or (error.code == 119 and error.sanitised)
    return error is None


def test_closed_classes_need_a_mighty_key_for_everything() -> None:
    wrong = [case for case in CASES if _lets_through(*case[:3]) is not case[3]]

    assert not wrong


def test_system_classes_are_all_judged() -> None:
    judged = {class_name for _, _, class_name, _ in CASES}

    assert judged >= SYSTEM_CLASSES | VOLATILE_CLASSES


@pytest.mark.parametrize("class_name", [*OPEN, *CLOSED, "_Installation"])
@pytest.mark.parametrize("operation", WRITES)
def test_the_read_only_key_writes_no_class(operation: str, class_name: str) -> None:
    with pytest.raises(ParseError) as caught:
        class_access.check_write(CALLERS["read-only"], operation, class_name)

    assert (caught.value.code, caught.value.message) == (
        119,
        f"read-only masterKey isn't allowed to perform the {operation} operation.",
    )


def test_a_write_is_judged_as_any_operation_for_other_callers() -> None:
    for caller, operation, class_name, allowed in CASES:
        if operation in READS or caller == "read-only":
            continue
        error = refusal(partial(class_access.check_write, CALLERS[caller], operation, class_name))
        assert (error is None) is allowed, (caller, operation, class_name)


@pytest.mark.parametrize(
    ("operation", "class_name", "message"),
    [
        (
            "find",
            "_Installation",
            "Clients aren't allowed to perform the find operation on the installation collection.",
        ),
        (
            "create",
            "_Hooks",
            "Clients aren't allowed to perform the create operation on the _Hooks collection.",
        ),
        (
            "get",
            "_Join:users:_Role",
            "Clients aren't allowed to perform the get operation"
            " on the _Join:users:_Role collection.",
        ),
    ],
)
def test_the_refusal_says_what_and_where(operation: str, class_name: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        class_access.check(CALLERS["client"], operation, class_name)

    assert caught.value.message == message
