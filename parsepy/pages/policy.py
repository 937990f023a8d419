"""The Content-Security-Policy of the built-in pages: their own style, their own forms, no more."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_ORIGIN: Final = re.compile(r"[a-z0-9+.-]+:(?://[A-Za-z0-9._~:\[\]-]+)?")


def content_security_policy(
    html: str, *, form_targets: Iterable[str], framed_by: str | None
) -> str:
    """`form_targets` are addresses where a form leads, also by a redirect: browsers look at those
    too. `framed_by` is the page that shows ours in a frame."""
    forms = " ".join(["'self'", *_origins(form_targets)])
    frames = " ".join(_origins([framed_by])) if framed_by else "'none'"
    styles = " ".join(_hash_of(style) for style in _STYLE.findall(html)) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; img-src data:; form-action {forms};"
        f" frame-ancestors {frames}; base-uri 'none'"
    )


def _hash_of(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest())
    return f"'sha256-{digest.decode()}'"


def _origins(urls: Iterable[str]) -> Iterator[str]:
    """`https://example.com/a?b` → `https://example.com`, `app://reset` → `app:`."""
    seen: set[str] = set()
    for url in urls:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        origin = (
            f"{parts.scheme}://{host}" if parts.scheme in ("http", "https") else parts.scheme + ":"
        )
        if _ORIGIN.fullmatch(origin) and origin not in seen:
            seen.add(origin)
            yield origin
