"""As much of Google Cloud Storage's XML API as a store of files asks for, in a thread.

No emulator that the registries have speaks this API. Who sends a request is checked in
`gcs_signatures`; the metadata server of a machine, which gives out tokens, is here too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree

from parsepy.protocol import json
from tests.support.gcs_signatures import (
    ServiceAccount,
    check_address,
    check_token,
    the_account,
)
from tests.support.object_server import (
    ObjectRequest,
    ObjectServer,
    RefusedError,
    StoredObject,
    elements,
    serving,
    stored,
)

BUCKET: Final = "bucket"
METADATA: Final = "/computeMetadata/v1/instance/service-accounts/default/token"
_KEPT_HEADERS: Final = ("content-type", "cache-control")
_HOUR: Final = 3600


@dataclass(slots=True)
class Upload:
    """One in parts."""

    key: str
    headers: dict[str, str]
    begun_at: float
    parts: dict[int, StoredObject] = field(default_factory=dict)


@dataclass
class GcsServer(ObjectServer):
    """`unfinished` are uploads in parts, by their ids, and `begun` the ids of all there were;
    `tokens` those that were given out here, `asked` the paths of all requests."""

    account: ServiceAccount = field(default_factory=the_account)
    unfinished: dict[str, Upload] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    @property
    def options(self) -> dict[str, object]:
        """Those of `filesAdapter` that lead here."""
        credentials = {**self.account.credentials, "token_uri": f"{self.url}/token"}
        return {"bucket": BUCKET, "endpoint": self.url, "credentials": credentials}


@contextmanager
def running_gcs() -> Iterator[GcsServer]:
    state = GcsServer()
    with serving(type("Request", (_GcsRequest,), {"state": state})) as state.url:
        yield state


class _GcsRequest(ObjectRequest):
    state: GcsServer

    def respond(self) -> None:
        self.state.asked.append(self.encoded_path)
        if self.encoded_path == METADATA:
            return self._give_token()
        self._check_sender()
        self.key = unquote(self.encoded_path.removeprefix(f"/{BUCKET}").lstrip("/"))
        if self.command in ("GET", "HEAD"):
            return self._get() if self.key else self._list()
        return {"PUT": self._put, "POST": self._post, "DELETE": self._delete}[self.command]()

    def refuse(self, refused: RefusedError) -> None:
        told = {"Code": refused.code, "Message": refused.message, "Details": refused.detail}
        body = f"<?xml version='1.0' encoding='UTF-8'?><Error>{elements(told)}</Error>"
        self.answer(refused.status, body.encode())

    def _give_token(self) -> None:
        if self.headers.get("Metadata-Flavor") != "Google":
            raise RefusedError(403, "Forbidden")
        token = f"ya29.{token_hex()}"
        self.state.tokens.add(token)
        given = {"access_token": token, "expires_in": _HOUR, "token_type": "Bearer"}
        self.answer(200, json.dumps(given))

    def _check_sender(self) -> None:
        state = self.state
        if "X-Goog-Signature" in self.query:
            return check_address(self, state.account, state.clock())
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer":
            raise RefusedError(401, "AuthenticationRequired", "Authentication required.")
        if token not in state.tokens:
            check_token(token, state.account, state.clock())
        return None

    def _put(self) -> None:
        state = self.state
        with state.lock:
            if "uploadId" not in self.query:
                return self.answer(200, ETag=state.put(self.key, self.body, self._kept))
            part = stored(self.body, {}, state.clock())
            self._upload.parts[int(self.query["partNumber"])] = part
        return self.answer(200, ETag=part.tag)

    def _post(self) -> None:
        state = self.state
        with state.lock:
            if "uploads" in self.query:
                name = f"upload-{len(state.begun)}"
                state.begun.append(name)
                state.unfinished[name] = Upload(self.key, self._kept, state.clock())
                return self._told("InitiateMultipartUploadResult", UploadId=name)
            upload = self._upload
            numbers = [
                int(part.findtext("PartNumber") or 0) for part in ElementTree.fromstring(self.body)
            ]
            data = b"".join(upload.parts[number].data for number in numbers)
            tag = state.put(self.key, data, upload.headers)
            del state.unfinished[self.query["uploadId"]]
        return self._told("CompleteMultipartUploadResult", ETag=tag)

    @property
    def _upload(self) -> Upload:
        upload = self.state.unfinished.get(self.query["uploadId"])
        if upload is None or upload.key != self.key:
            raise RefusedError(404, "NoSuchUpload", "The requested upload was not found.")
        return upload

    def _delete(self) -> None:
        with self.state.lock:
            if "uploadId" in self.query:
                assert self._upload
                del self.state.unfinished[self.query["uploadId"]]
            elif self.state.objects.pop(self.key, None) is None:
                raise RefusedError(404, "NoSuchKey", "The specified key does not exist.")
        self.answer(204)

    def _get(self) -> None:
        if "uploadId" in self.query:
            with self.state.lock:
                parts = sorted(self._upload.parts.items())
            told = [("Part", {"PartNumber": number, **_about(part)}) for number, part in parts]
            return self._told_of("ListPartsResult", told)
        found = self.state.objects.get(self.key)
        if found is None:
            raise RefusedError(404, "NoSuchKey", "The specified key does not exist.")
        return self.send(found)

    def _list(self) -> None:
        asked = self.query
        prefix = asked.get("prefix", "")
        if "uploads" in asked:
            with self.state.lock:
                uploads: list[dict[str, object]] = [
                    {"Key": each.key, "UploadId": name, "Initiated": _iso(each.begun_at)}
                    for name, each in self.state.unfinished.items()
                    if each.key.startswith(prefix)
                ]
            return self._told_of("ListMultipartUploadsResult", [("Upload", it) for it in uploads])
        page = self.state.listed(prefix, asked.get("continuation-token", ""))
        told = [("Contents", {"Key": key, **_about(each)}) for key, each in page.objects]
        after = {"NextContinuationToken": page.after} if page.after else {}
        return self._told_of("ListBucketResult", told, after)

    @property
    def _kept(self) -> dict[str, str]:
        return self.kept(_KEPT_HEADERS, "x-goog-meta-")

    def _told(self, name: str, **members: str) -> None:
        self._told_of(name, [], {"Bucket": BUCKET, "Key": self.key, "Location": "l", **members})

    def _told_of(
        self, name: str, members: list[tuple[str, dict[str, object]]], more: Mapping[str, str] = {}
    ) -> None:
        inner = "".join(f"<{each}>{elements(texts)}</{each}>" for each, texts in members)
        self.answer(200, f"<{name}>{inner}{elements(more)}</{name}>".encode())


def _about(found: StoredObject) -> dict[str, object]:
    return {
        "Size": len(found.data),
        "ETag": found.tag,
        "LastModified": _iso(found.modified),
    }


def _iso(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
