"""Addresses of Azure and Google that are signed for a while, opened as a browser does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from parsepy.files.base import FileStore
from parsepy.files.objectstore import open_object_store
from tests.files.samples import parts
from tests.support.azure_server import AzureServer
from tests.support.azure_signatures import ACCOUNT, KEY
from tests.support.gcs_server import GcsServer
from tests.support.gcs_signatures import HOST
from tests.support.object_server import ObjectServer

pytestmark = pytest.mark.anyio

NAMES = ["f", "a b~@é.txt", "d/e (1)+2,3!'*.txt", "100%41.txt"]
"""What has a meaning in addresses, or is no ASCII, goes encoded; Azure signs the name itself."""


@dataclass(frozen=True, slots=True)
class Service:
    kind: str
    server: ObjectServer
    options: Mapping[str, object]
    headers: Mapping[str, str]
    """Of a browser which takes the server for the service."""
    expired_status: int
    expires: str
    signature: str

    def opened(self, **more: object) -> FileStore:
        settings = {**self.options, "directAccess": True, "presignedUrl": True, **more}
        return open_object_store(self.kind, "filesAdapter.options", settings)

    async def got(self, address: str | None, method: str = "GET") -> httpx.Response:
        assert address is not None
        async with httpx.AsyncClient(headers=self.headers) as browser:
            return await browser.request(method, address)


@pytest.fixture(params=["azure", "azure in the path", "gcs"])
def service(request: pytest.FixtureRequest) -> Service:
    if request.param != "gcs":
        azure: AzureServer = request.getfixturevalue("azure_server")
        options = azure.options
        if request.param == "azure in the path":
            options["endpoint"] = f"{azure.url}/{ACCOUNT}"
        return Service("azure", azure, options, {}, 403, "se", "sig")
    gcs: GcsServer = request.getfixturevalue("gcs_server")
    host = {"Host": HOST}
    names = ("X-Goog-Expires", "X-Goog-Signature")
    return Service("gcs", gcs, gcs.options, host, 400, *names)


@pytest.mark.parametrize("prefix", ["", "app é/x_"])
async def test_a_signed_address_opens_the_file(service: Service, prefix: str) -> None:
    files = service.opened(bucketPrefix=prefix)
    for name in NAMES:
        await files.save(name, parts(name.encode()), {})

        answer = await service.got(files.location(name))

        assert (answer.status_code, answer.content) == (200, name.encode()), name


async def test_it_opens_that_file_alone_and_is_good_for_reading(service: Service) -> None:
    files = service.opened()
    for name in ("f", "g"):
        await files.save(name, parts(b"content"), {})
    address = files.location("f") or ""

    altered = address.replace(f"{service.signature}=", f"{service.signature}=0")
    refused = [
        await service.got(altered),
        await service.got(address.partition("?")[0]),
        await service.got(address.replace("/f?", "/g?")),
        await service.got(address, "PUT"),
        await service.got(address, "DELETE"),
    ]

    assert {answer.status_code for answer in refused} <= {401, 403}
    assert sorted(service.server.objects) == ["f", "g"]
    assert (await service.got(address)).status_code == 200


async def test_it_opens_until_it_expires(service: Service) -> None:
    files = service.opened(presignedUrlExpires=77)
    await files.save("f", parts(b"content"), {})
    begun = time()
    address = files.location("f")

    service.server.clock = lambda: begun + 70
    in_time = await service.got(address)
    service.server.clock = lambda: begun + 1000
    late = await service.got(address)

    assert in_time.status_code == 200
    assert late.status_code == service.expired_status
    assert b"content" not in late.content


async def test_nobody_can_put_off_its_end(service: Service) -> None:
    files = service.opened(presignedUrlExpires=77)
    await files.save("f", parts(b"content"), {})
    address = files.location("f") or ""
    query = dict(parse_qsl(urlsplit(address).query))
    later = {"azure": "2099-01-01T00:00:00Z", "gcs": "7777"}[service.kind]

    put_off = urlencode({**query, service.expires: later})
    answer = await service.got(f"{address.partition('?')[0]}?{put_off}")

    assert answer.status_code == 403


async def test_a_signature_goes_with_another_address(service: Service) -> None:
    cdn = service.opened(baseUrl="https://cdn.example", bucketPrefix="p/")
    await cdn.save("a b", parts(b"content"), {})

    address = urlsplit(cdn.location("a b") or "")
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://cdn.example/p/a%20b"

    bucket = (service.opened(bucketPrefix="p/").location("a b") or "").partition("?")[0]
    answer = await service.got(f"{bucket}?{address.query}")
    assert (answer.status_code, answer.content) == (200, b"content")


async def test_no_address_tells_a_key(service: Service) -> None:
    address = service.opened().location("f") or ""

    assert KEY not in address
    assert "PRIVATE" not in address
