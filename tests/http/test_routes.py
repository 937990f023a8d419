"""The table of routes."""

import pytest

from parsepy.http.routes import FIRST_SEGMENTS, find_route


@pytest.mark.parametrize("segment", sorted(FIRST_SEGMENTS))
def test_every_first_segment_has_a_route(segment: str) -> None:
    found = [
        find_route(method, [segment, *["x"] * length])
        for method in ("GET", "POST", "PUT", "DELETE")
        for length in range(4)
    ]

    assert any(found)


@pytest.mark.parametrize("segments", [[], [""], ["nothing"], ["classes"], ["_imported"]])
def test_other_paths_have_none(segments: list[str]) -> None:
    assert find_route("GET", segments) is None
