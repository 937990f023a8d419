"""Places: `GeoPoint` and `Polygon`."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

from parsepy.protocol.json import normalise_number
from parsepy.types import JSONObject, JSONValue

EARTH_RADIUS_KM: Final = 6371.0
EARTH_RADIUS_MILES: Final = 3958.8


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """`latitude` from -90 to 90, `longitude` from -180 to 180, in degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude {self.latitude} is not between -90 and 90")
        if not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude {self.longitude} is not between -180 and 180")

    def radians_to(self, other: "GeoPoint") -> float:
        """The great-circle distance (haversine)."""
        first, second = radians(self.latitude), radians(other.latitude)
        across = sin((second - first) / 2) ** 2
        along = sin(radians(other.longitude - self.longitude) / 2) ** 2
        return 2 * asin(min(1.0, sqrt(across + cos(first) * cos(second) * along)))

    def kilometers_to(self, other: "GeoPoint") -> float:
        return self.radians_to(other) * EARTH_RADIUS_KM

    def miles_to(self, other: "GeoPoint") -> float:
        return self.radians_to(other) * EARTH_RADIUS_MILES

    def to_json(self) -> JSONObject:
        return {
            "__type": "GeoPoint",
            "latitude": normalise_number(self.latitude),
            "longitude": normalise_number(self.longitude),
        }

    @classmethod
    def from_json(cls, value: JSONObject) -> "GeoPoint":
        """Raises `ValueError`."""
        return cls(_number(value.get("latitude")), _number(value.get("longitude")))


@dataclass(frozen=True, slots=True)
class Polygon:
    """The corners of one ring; the last one is joined to the first."""

    points: tuple[GeoPoint, ...]

    def __init__(self, points: "Sequence[GeoPoint | tuple[float, float]]") -> None:
        """`points` are GeoPoints or pairs `(latitude, longitude)`, three at least."""
        corners = tuple(
            point if isinstance(point, GeoPoint) else GeoPoint(*point) for point in points
        )
        if len(corners) < 3:
            raise ValueError("a Polygon has three corners at least")
        object.__setattr__(self, "points", corners)

    def to_json(self) -> JSONObject:
        return {
            "__type": "Polygon",
            "coordinates": [
                [normalise_number(point.latitude), normalise_number(point.longitude)]
                for point in self.points
            ],
        }

    @classmethod
    def from_json(cls, value: JSONObject) -> "Polygon":
        """Raises `ValueError`."""
        corners = value.get("coordinates")
        if not isinstance(corners, list):
            raise ValueError("a Polygon has coordinates")
        return cls([_pair(corner) for corner in corners])


def _pair(corner: JSONValue) -> tuple[float, float]:
    if not isinstance(corner, list) or len(corner) != 2:
        raise ValueError("a corner is a latitude and a longitude")
    return _number(corner[0]), _number(corner[1])


def _number(value: JSONValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a coordinate is a number")
    return value
