"""The table of routes."""

import pytest

from parsepy.http.routes import FIRST_SEGMENTS, find_route, routes_of


@pytest.mark.parametrize("segment", sorted(FIRST_SEGMENTS))
def test_every_first_segment_has_a_route(segment: str) -> None:
    routes = routes_of(segment)

    assert routes
    for (method, length), handler in routes.items():
        assert find_route(method, [segment, *["x"] * length]) is handler


@pytest.mark.parametrize("segments", [[], [""], ["nothing"], ["classes"], ["_imported"]])
def test_other_paths_have_none(segments: list[str]) -> None:
    assert find_route("GET", segments) is None
