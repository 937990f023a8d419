"""Requests that clients repeat because they got no answer (rest-objects sheet, section 17)."""

from parsepy.http.idempotency.requests import Idempotency

__all__ = ["Idempotency"]
