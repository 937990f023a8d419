"""Which closed lines are polygons: those that do not meet themselves. Pure."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from parsepy import errors
from parsepy.query.spherical_polygon import SphericalPolygon, Vector, angle, cross, dot
from parsepy.types import JSONValue

Edge: TypeAlias = tuple[Vector, Vector]


def checked(value: JSONValue) -> SphericalPolygon:
    """Of a Polygon. Raises 111 for one that a geo index of MongoDB would not take."""
    polygon = SphericalPolygon.of(value)
    if polygon is None or len(set(polygon.corners)) < len(polygon.corners):
        raise errors.shape_refused()
    if any(_cross_each_other(*pair) for pair in _neighbours(polygon.edges)):
        raise errors.shape_refused()
    return polygon


def _neighbours(edges: Sequence[Edge]) -> Iterator[tuple[Edge, Edge]]:
    """Pairs of edges whose extents along one axis overlap: of many edges that is a small part."""
    open_edges: list[tuple[float, Edge]] = []
    for least, greatest, edge in sorted((*_extent(edge), edge) for edge in edges):
        open_edges = [(end, other) for end, other in open_edges if end >= least]
        yield from ((other, edge) for _, other in open_edges)
        open_edges.append((greatest, edge))


def _extent(edge: Edge) -> tuple[float, float]:
    start, end = edge
    # An arc bulges out beyond its chord, by less than an eighth of its square.
    bulge = angle(start, end) ** 2 / 8
    return min(start[0], end[0]) - bulge, max(start[0], end[0]) + bulge


def _cross_each_other(first: Edge, second: Edge) -> bool:
    """Each passes from one side of the other to its other side; a common end is no crossing."""
    (a, b), (c, d) = first, second
    if a in second or b in second:
        return False
    normal, other_normal = cross(a, b), cross(c, d)
    side = -dot(normal, c)
    return (
        side * dot(normal, d) > 0
        and side * -dot(other_normal, b) > 0
        and side * dot(other_normal, a) > 0
    )
