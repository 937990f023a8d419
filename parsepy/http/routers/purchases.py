"""`/validate_purchase`: a file for the receipt of its purchase (push sheet, section 8)."""

from parsepy import errors
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.objects import read
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.find_parameters import FindParameters, Selection
from parsepy.types import JSONValue


async def validate(request: Request) -> Answer:
    services = request.services
    if not services.options.enable_product_purchase_legacy_api:
        raise errors.route_not_found(request.method, f"{services.options.mount_path}{request.path}")
    receipt, product = _receipt(request.body.get("receipt")), request.body.get("productIdentifier")
    # A text, and no condition: that would find any product for any receipt.
    if not receipt or not isinstance(product, str) or not product:
        raise errors.invalid_json("missing receipt or productIdentifier")
    refusal = await services.app_store.refusal_of(receipt)
    if refusal is not None:
        return Answer(refusal.to_json())
    found = await read.find(
        request.ctx,
        "_Product",
        FindParameters({"productIdentifier": product}, Selection(), limit=2),
    )
    if len(found.results) != 1:
        raise errors.object_not_found()
    download = found.results[0].get("download")
    return Answer(download if isinstance(download, dict) else {})


def _receipt(given: JSONValue) -> JSONValue:
    return given.get("base64") if isinstance(given, dict) and is_typed(given, "Bytes") else given


ROUTES: Routes = {("POST", 0): validate}
