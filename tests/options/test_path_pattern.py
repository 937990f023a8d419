"""Path patterns of rate limits."""

import pytest

from parsepy.options.validation.path_pattern import fault_in_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/functions/*path",
        "/classes/:className",
        "/a{/:b{/c}}",
        '/:"two words"',
        r"/a\(b\)",
        "/:größe",
        "",
    ],
)
def test_a_valid_path_has_no_fault(path: str) -> None:
    assert fault_in_path(path) is None


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/*", "a parameter name is missing at 2"),
        ("/:1", "a parameter name is missing at 2"),
        ("/a(b)", "( at 2 has to be escaped"),
        ("/a?", "? at 2 has to be escaped"),
        ("/a{b", "a brace is not closed"),
        ("/a}b{", "the brace at 2 was never opened"),
        ("/a\\", "nothing follows the backslash at 2"),
    ],
)
def test_a_fault_is_told_with_its_place(path: str, fault: str) -> None:
    assert fault_in_path(path) == fault
