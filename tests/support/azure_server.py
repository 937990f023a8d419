"""As much of the API of Azure's blobs as a store of files asks for, in a thread.

Operations, statuses and error codes are those of
https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import Parser
from email.utils import formatdate
from secrets import token_hex
from typing import Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from parsepy.protocol import json
from tests.support.azure_signatures import (
    ACCOUNT,
    CONTAINER,
    KEY,
    Asked,
    check_sender,
    delegation_key,
    sas_of_account,
    sas_of_container,
)
from tests.support.object_server import (
    ObjectRequest,
    ObjectServer,
    RefusedError,
    StoredObject,
    elements,
    serving,
)

_STANDARD: Final = ("x-ms-blob-content-type", "x-ms-blob-cache-control")
_TAG: Final = re.compile(r"[0-9A-Za-z +\-./:=_]*")
_TOKENS: Final = "/metadata/identity/oauth2/token"
_RESOURCE: Final = "https://storage.azure.com"
_HOUR: Final = 3600
_TAGS_AT_MOST: Final = 10
_BOUNDARY: Final = "batchresponse_1"
_DENIED: Final = "This request is not authorized to perform this operation using this permission."


@dataclass
class AzureServer(ObjectServer):
    """`uncommitted` are blocks of blobs by their ids, `blocks` how many have come, `tags` those of
    blobs by their keys; `tokens` were given to the machine, at `token_url`."""

    uncommitted: dict[str, dict[str, bytes]] = field(default_factory=dict)
    blocks: int = 0
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    @property
    def token_url(self) -> str:
        return f"{self.url}{_TOKENS}"

    @property
    def place(self) -> dict[str, object]:
        """Options of `filesAdapter` that lead here, without a key."""
        return {"account": ACCOUNT, "container": CONTAINER, "endpoint": self.url}

    @property
    def options(self) -> dict[str, object]:
        return {**self.place, "accessKey": KEY}

    def container_token(self, permissions: str, seconds: float = 600) -> str:
        return sas_of_container(permissions, self.clock() + seconds)

    def account_token(self, permissions: str, seconds: float = 600) -> str:
        return sas_of_account(permissions, self.clock() + seconds)


@contextmanager
def running_azure() -> Iterator[AzureServer]:
    state = AzureServer()
    with serving(type("Request", (_AzureRequest,), {"state": state})) as state.url:
        yield state


class _AzureRequest(ObjectRequest):
    state: AzureServer
    granted: str
    key: str

    def respond(self) -> None:
        if self.encoded_path == _TOKENS:
            return self._give_token()
        asked = Asked(self.command, self.path, self.headers)
        self.granted = self._check_sender(asked)
        self.key = _key(asked)
        if self.key:
            of_blob = {"PUT": self._put, "DELETE": self._delete}
            return of_blob.get(self.command, self._get)()
        others = {
            "list": self._list,
            "batch": self._batch,
            "userdelegationkey": self._give_delegation_key,
        }
        return others[self.query["comp"]]()

    def refuse(self, refused: RefusedError) -> None:
        told = {"Code": refused.code, "Message": f"{refused.message}\nRequestId:1\nTime:2"}
        if refused.detail:
            told["AuthenticationErrorDetail"] = refused.detail
        body = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error>{elements(told)}</Error>'
        headers = {"Content-Type": "application/xml", "x-ms-error-code": refused.code}
        self.answer(refused.status, body.encode(), **headers)

    def _check_sender(self, asked: Asked) -> str:
        return check_sender(asked, self.state.clock(), self.state.tokens)

    def _give_token(self) -> None:
        if self.headers.get("Metadata") != "true" or self.query.get("resource") != _RESOURCE:
            raise RefusedError(400, "invalid_request")
        token = token_hex()
        self.state.tokens.add(token)
        expires = str(int(self.state.clock()) + _HOUR)
        self.answer(200, json.dumps({"access_token": token, "expires_on": expires}))

    def _give_delegation_key(self) -> None:
        if "Bearer" not in self.headers["Authorization"]:
            raise RefusedError(403, "AuthenticationFailed", "Only a token gets such a key.")
        start, end = (str(each.text) for each in ElementTree.fromstring(self.body))
        told = {
            "SignedOid": "oid",
            "SignedTid": "tid",
            "SignedStart": start,
            "SignedExpiry": end,
            "SignedService": "b",
            "SignedVersion": self.headers["x-ms-version"],
            "Value": delegation_key(start, end),
        }
        body = f"<UserDelegationKey>{elements(told)}</UserDelegationKey>"
        self.answer(200, body.encode(), **{"Content-Type": "application/xml"})

    def _get(self) -> None:
        _allow("r", self.granted)
        found = self.state.objects.get(self.key)
        if found is None:
            raise RefusedError(404, "BlobNotFound", "The specified blob does not exist.")
        self.send(found)

    def _put(self) -> None:
        _allow("w", self.granted)
        described: dict[str, str] = {}
        with self.state.lock:
            match self.query.get("comp"):
                case "block":
                    self._put_block()
                case "blocklist":
                    described = self._committed(self._listed_blocks())
                case _:
                    described = self._committed(self.body)
        self.answer(201, b"", **described)

    def _put_block(self) -> None:
        block = self.query["blockid"]
        begun = self.state.uncommitted.setdefault(self.key, {})
        if len(base64.b64decode(block, validate=True)) > 64 or any(
            len(other) != len(block) for other in begun
        ):
            raise RefusedError(400, "InvalidBlobOrBlock")
        begun[block] = self.body
        self.state.blocks += 1

    def _listed_blocks(self) -> bytes:
        begun = self.state.uncommitted.get(self.key, {})
        try:
            return b"".join(begun[str(each.text)] for each in ElementTree.fromstring(self.body))
        except KeyError:
            text = "The specified block list is invalid."
            raise RefusedError(400, "InvalidBlockList", text) from None

    def _committed(self, data: bytes) -> dict[str, str]:
        """All blocks of the blob that wait are gone then, whoever has sent them."""
        tags = dict(parse_qsl(self.headers.get("x-ms-tags") or "", keep_blank_values=True))
        if tags:
            _allow("t", self.granted)
        if len(tags) > _TAGS_AT_MOST or not all(map(_TAG.fullmatch, [*tags, *tags.values()])):
            raise RefusedError(400, "InvalidTag", "The tags specified are invalid.")
        kept = {
            name.removeprefix("x-ms-blob-"): value
            for name, value in self.kept(_STANDARD, "x-ms-meta-").items()
        }
        self.state.uncommitted.pop(self.key, None)
        self.state.tags[self.key] = tags
        tag = self.state.put(self.key, data, kept)
        return {"ETag": tag, "Last-Modified": formatdate(usegmt=True)}

    def _delete(self) -> None:
        self._remove(self.key, self.granted)
        self.answer(202)

    def _remove(self, key: str, granted: str) -> None:
        _allow("d", granted)
        with self.state.lock:
            if self.state.objects.pop(key, None) is None:
                raise RefusedError(404, "BlobNotFound", "The specified blob does not exist.")

    def _batch(self) -> None:
        """Removals, each of them signed by itself."""
        sent = self.headers["Content-Type"].removeprefix("multipart/mixed; boundary=")
        parts = self.body.decode().split(f"--{sent}")[1:-1]
        body = "".join(map(self._removed_by_batch, parts)) + f"--{_BOUNDARY}--\r\n"
        content_type = f"multipart/mixed; boundary={_BOUNDARY}"
        self.answer(202, body.encode(), **{"Content-Type": content_type})

    def _removed_by_batch(self, part: str) -> str:
        outer, _, request = part.strip("\r\n").partition("\r\n\r\n")
        line, _, headers = request.partition("\r\n")
        method, path, _ = line.split(" ")
        asked = Asked(method, path, Parser().parsestr(headers))
        number = Parser().parsestr(outer)["Content-ID"]
        status = "202 Accepted"
        try:
            self._remove(_key(asked), self._check_sender(asked))
        except RefusedError as refused:
            status = f"{refused.status} {refused.code}"
        return (
            f"--{_BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n"
            f"HTTP/1.1 {status}\r\nx-ms-request-id: 1\r\n\r\n"
        )

    def _list(self) -> None:
        _allow("l", self.granted)
        page = self.state.listed(self.query.get("prefix", ""), self.query.get("marker", ""))
        blobs = "".join(_listed(key, each) for key, each in page.objects)
        inner = f"<Blobs>{blobs}</Blobs>{elements({'NextMarker': page.after})}"
        body = f'\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults>{inner}'
        content_type = {"Content-Type": "application/xml"}
        self.answer(200, f"{body}</EnumerationResults>".encode(), **content_type)


def _key(asked: Asked) -> str:
    """Empty for the container, and for the account."""
    return asked.resource.removeprefix(f"/{CONTAINER}").lstrip("/")


def _listed(key: str, found: StoredObject) -> str:
    properties = {
        "Last-Modified": formatdate(found.modified, usegmt=True),
        "Etag": found.tag.strip('"'),
        "Content-Length": len(found.data),
        "Content-Type": found.headers.get("content-type", "application/octet-stream"),
        "BlobType": "BlockBlob",
    }
    inner = f"{elements({'Name': key})}<Properties>{elements(properties)}</Properties>"
    return f"<Blob>{inner}</Blob>"


def _allow(permission: str, granted: str) -> None:
    if permission not in granted:
        raise RefusedError(403, "AuthorizationPermissionMismatch", _DENIED)
