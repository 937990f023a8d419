"""How many requests a caller may make in a window of time (rest-objects sheet, section 20)."""

from parsepy.http.rate_limits.limits import RateLimits
from parsepy.http.rate_limits.rule import Asking

__all__ = ["Asking", "RateLimits"]
