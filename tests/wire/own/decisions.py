"""Functions that the options of the fixtures name; decisions.cjs is the same for parse-server.
Addresses of users say what the functions do."""

import json
from collections.abc import Mapping
from typing import Any

from parsepy.errors import ParseError
from parsepy.pages.request import PageRequest
from parsepy.users import VerificationMailRequest, VerificationRequest


def told(request: VerificationRequest) -> str:
    """What a function was called with, in texts that do not differ from run to run."""
    return _compact(
        {
            "email": request.object.get("email"),
            "before": request.original.get("email") if request.original else None,
            "master": request.master,
            "ip": "string" if isinstance(request.ip, str) else "undefined",
            "installation": request.installation_id,
            "createdWith": request.created_with,
            "resend": request.resend_request,
        }
    )


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _decided(word: str, request: VerificationRequest) -> Any:
    name = str(request.object.get("email") or "").partition("@")[0]
    if name == f"{word}-tell":
        raise ParseError(2001, told(request))
    if name == f"{word}-mine":
        raise ParseError(2000, "mine")
    return "yes" if name == f"{word}-truthy" else name != f"{word}-no"


def confirm(request: VerificationRequest) -> Any:
    return _decided("confirm", request)


async def keep(request: VerificationRequest) -> Any:
    return _decided("keep", request)


async def mail(request: VerificationMailRequest) -> bool:
    return request.user.get("email") != "mail-no@example.com"


def good(password: str) -> bool:
    return "good" in password


async def address() -> str:
    return "http://asked.example/parse"


def fill(parameters: Mapping[str, str]) -> dict[str, str]:
    return {"word": f"{parameters['appName']} in {parameters.get('locale') or 'none'}"}


def page(request: PageRequest) -> object:
    return {
        "file": "words.html",
        "query": {"title": request.query.get("title"), "hello": request.method},
    }


async def form(request: PageRequest) -> object:
    return {
        "file": "words.html",
        "query": {"title": request.form.get("title"), "hello": request.method},
    }


def nothing(request: PageRequest) -> None:
    return None


def nowhere(request: PageRequest) -> object:
    return {"file": "none.html"}


def outside(request: PageRequest) -> object:
    return {"file": "../own/decisions.cjs"}
