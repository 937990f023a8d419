"""Path patterns: the syntax of path-to-regexp, version 8."""

import pytest

from parsepy.http.rate_limits.path_pattern import compile_path

CASES = {
    "/functions/*path": (["/functions/a", "/functions/a/b", "/FUNCTIONS/a/"], ["/functions", "/"]),
    "*path": (["/", "/classes/A"], [""]),
    "/classes/:name": (["/classes/A", "/classes/A/", "/classes/a b"], ["/classes/A/b", "/classes"]),
    "/classes{/:name}": (["/classes", "/classes/A"], ["/classes/A/b", "/classesA"]),
    "/a{/b{/c}}/d": (["/a/d", "/a/b/d", "/a/b/c/d"], ["/a/c/d"]),
    "/x\\*y": (["/x*y"], ["/xzy", "/x/y"]),
    "/x.y": (["/x.y"], ["/xzy"]),
    '/:"a name"/z': (["/q/z"], ["/q/q/z", "//z"]),
    "/two/:a-:b": (["/two/1-2"], ["/two/12"]),
    "/": (["/"], ["/a"]),
}


@pytest.mark.parametrize("pattern", CASES)
def test_a_pattern_matches_whole_paths(pattern: str) -> None:
    compiled = compile_path(pattern)
    hits, misses = CASES[pattern]

    assert [path for path in hits if not compiled.fullmatch(path)] == []
    assert [path for path in misses if compiled.fullmatch(path)] == []


def test_a_line_break_hides_nothing() -> None:
    assert compile_path("/functions/*path").fullmatch("/functions/a\nb")
    assert compile_path("/functions/:name").fullmatch("/functions/a\nb")


def test_long_paths_do_not_take_long() -> None:
    assert not compile_path("/*a-*b-*c-*d-*e-z").fullmatch("/" + "a-" * 20_000)
