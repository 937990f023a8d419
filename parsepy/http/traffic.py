"""Requests and their answers in the log, at level verbose (parse-server's form)."""

import json
import logging
from collections.abc import Mapping
from typing import Final

from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.telemetry.entries import cut
from parsepy.telemetry.levels import VERBOSE
from parsepy.telemetry.masking import MASK, Masker, is_secret, mask_text

_log: Final = logging.getLogger(__name__)
_MASKER: Final = Masker()


def is_wanted() -> bool:
    return _log.isEnabledFor(VERBOSE)


def tell_request(request: Request, url: str) -> None:
    """`url` is the path with the query string."""
    body = _MASKER.value(request.body)
    url = mask_text(url)
    _log.log(
        VERBOSE,
        "REQUEST for [%s] %s: %s",
        request.method,
        url,
        cut(_indented(body)),
        extra={
            "meta": {
                "method": request.method,
                "url": url,
                "headers": _headers(request.headers),
                "body": body,
            }
        },
    )


def tell_answer(request: Request, url: str, answer: Answer) -> None:
    result = _MASKER.value({"response": answer.value, "status": answer.status})
    _log.log(
        VERBOSE,
        "RESPONSE from [%s] %s: %s",
        request.method,
        mask_text(url),
        cut(_indented(result)),
        extra={"meta": {"result": result}},
    )


def _headers(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    decoded = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    return {name: MASK if is_secret(name) else value for name, value in decoded.items()}


def _indented(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
