"""The only way out: HTTP requests that the server itself makes."""

from parsepy.outbound.client import Outbound, Response

__all__ = ["Outbound", "Response"]
