"""What is measured."""

import base64
import json
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scripts.benchmark.exchange import APP_ID, MASTER_KEY

Form: TypeAlias = Literal["raw", "base64", "download"]

KILOBYTE = 1000
MEGABYTE = 1000 * KILOBYTE


@dataclass(frozen=True, slots=True)
class Scenario:
    """Files of `size` bytes, as raw bodies, as the JSON of the JavaScript SDK, or downloaded."""

    name: str
    title: str
    form: Form
    size: int


SCENARIOS = (
    Scenario("upload-100k", "upload 100 kB", "raw", 100 * KILOBYTE),
    Scenario("download-100k", "download 100 kB", "download", 100 * KILOBYTE),
    Scenario("base64-100k", "upload 100 kB as base64", "base64", 100 * KILOBYTE),
    Scenario("upload-50m", "upload 50 MB", "raw", 50 * MEGABYTE),
    Scenario("download-50m", "download 50 MB", "download", 50 * MEGABYTE),
    Scenario("base64-50m", "upload 50 MB as base64", "base64", 50 * MEGABYTE),
)


def raw_upload(content: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body."""
    keys = {"X-Parse-Application-Id": APP_ID, "X-Parse-Master-Key": MASTER_KEY}
    return {**keys, "Content-Type": "application/octet-stream"}, content


def base64_upload(content: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body, in the order of the SDK: the file first."""
    said = {
        "base64": base64.b64encode(content).decode(),
        "fileData": {"metadata": {}, "tags": {}},
        "_ContentType": "application/octet-stream",
        "_ApplicationId": APP_ID,
        "_MasterKey": MASTER_KEY,
    }
    return {"Content-Type": "text/plain"}, json.dumps(said).encode()
