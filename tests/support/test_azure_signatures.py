"""The signatures that the server of the tests accepts are those of Microsoft's own library."""

from email.message import Message
from time import time
from urllib.parse import quote

import pytest

from tests.support.azure_signatures import CONTAINER, EVERYTHING, Asked, check_sender
from tests.support.object_server import RefusedError

NAME = "d/a b~@é (1)+%41.txt"
BLOB = f"/{CONTAINER}/{quote(NAME, safe='~/')}"
LIST = f"/{CONTAINER}?restype=container&comp=list"

OF_BLOB = (
    "se=2099-01-01T00%3A00%3A00Z&sp=r&sv=2023-11-03&sr=b"
    "&sig=cf2VsY0VkAst8stgPUNeZJf9SWOjVsgry0AR8rwAPZc%3D"
)
OF_CONTAINER = (
    "st=2026-01-01T00%3A00%3A00Z&se=2099-01-01T00%3A00%3A00Z&sp=rwdl&spr=https&sv=2023-11-03"
    "&sr=c&sig=VoKJci4JEseQByjNXxgtpDQI0UwiYG6GcPlhfH80ILo%3D"
)
OF_ACCOUNT = (
    "se=2099-01-01T00%3A00%3A00Z&sp=rl&sv=2026-10-06&ss=b&srt=co"
    "&sig=Wayxk3JRt0QBC/fWDRKlo%2BIFmnN0bZ4Ww0B2js2zR80%3D"
)
"""All by azure-storage-blob 12.31.1, with the account and the key of the tests."""


@pytest.mark.parametrize(
    ("address", "granted"),
    [
        (f"{BLOB}?{OF_BLOB}", "r"),
        (f"{BLOB}?{OF_CONTAINER}", "rwdl"),
        (f"{LIST}&{OF_CONTAINER}", "rwdl"),
        (f"{BLOB}?{OF_ACCOUNT}", "rl"),
        (f"{LIST}&{OF_ACCOUNT}", "rl"),
    ],
)
def test_what_microsoft_s_library_signs_is_accepted(address: str, granted: str) -> None:
    assert check_sender(Asked("GET", address, Message()), time(), ()) == granted


@pytest.mark.parametrize(
    "address",
    [
        f"/{CONTAINER}/another?{OF_BLOB}",
        f"{LIST}&{OF_BLOB}",
        f"{BLOB}?{OF_BLOB}".replace("sp=r", "sp=rw"),
        f"{BLOB}?{OF_BLOB}".replace("2099", "2199"),
        f"{LIST}&{OF_CONTAINER}".replace("2026-01", "2025-01"),
        f"{LIST}&{OF_ACCOUNT}".replace("srt=co", "srt=sco"),
        BLOB,
    ],
)
def test_what_was_altered_is_refused(address: str) -> None:
    with pytest.raises(RefusedError):
        check_sender(Asked("GET", address, Message()), time(), ())


AT = 1_796_032_107
"""When these were sent."""

LISTING = (
    "GET",
    f"{LIST}&prefix=a%2Fb%20c",
    {"Authorization": "SharedKey testaccount:EiKyR15zijJwF+sh/vR4zx8gFtfnJLwBoHzMPm07f3Q="},
)
BLOCK = (
    "PUT",
    f"/{CONTAINER}/a%20b~%40.txt?comp=block&blockid=QUE%3D",
    {
        "Content-Length": "5",
        "x-ms-meta-k": "v  w",
        "x-ms-blob-type": "BlockBlob",
        "Content-Type": "text/plain",
        "x-ms-range": "bytes=0-3",
        "Authorization": "SharedKey testaccount:FZbbqzf0ujY6a77TnSj6+mzNwyR28cwAFxJqKf1V/Uc=",
    },
)


def _asked(method: str, path: str, headers: dict[str, str], **changed: str) -> Asked:
    sent = Message()
    common = {"x-ms-version": "2023-11-03", "x-ms-date": "Mon, 30 Nov 2026 09:48:27 GMT"}
    for name, value in {**common, **headers, **changed}.items():
        sent[name] = value
    return Asked(method, path, sent)


def test_what_it_signs_with_the_shared_key_is_accepted() -> None:
    for request in (LISTING, BLOCK):
        assert check_sender(_asked(*request), AT, ()) == EVERYTHING


def test_every_part_of_a_request_is_signed() -> None:
    method, path, headers = BLOCK
    altered = [
        _asked("POST", path, headers),
        _asked(method, path.replace("a%20b", "a%20c"), headers),
        _asked(method, path.replace("QUE", "QUF"), headers),
        *(_asked(method, path, {**headers, name: "1"}) for name in headers),
        _asked(method, path, headers, **{"x-ms-tags": "a=b"}),
        _asked(method, path, headers, **{"x-ms-version": "2023-11-04"}),
    ]
    for request in altered:
        with pytest.raises(RefusedError):
            check_sender(request, AT, ())


def test_a_request_is_good_for_a_quarter_of_an_hour() -> None:
    for seconds in (-901, 901):
        with pytest.raises(RefusedError):
            check_sender(_asked(*LISTING), AT + seconds, ())
