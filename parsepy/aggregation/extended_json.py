"""MongoDB's Extended JSON, for a store whose values are JSON itself: both ways.

Types that such a store does not have (ObjectId, Decimal128, regular expressions …) are refused.
"""

import math
from collections.abc import Callable
from typing import Final, cast

from parsepy import errors
from parsepy.protocol import dates, values
from parsepy.types import JSONObject, JSONValue

_INFINITE: Final = {math.inf: "Infinity", -math.inf: "-Infinity"}


def decode_extended(value: JSONValue) -> JSONValue:
    """`{"$date": …}` and the like become stored values. Raises 102."""
    if isinstance(value, list):
        return [decode_extended(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, operand),) = value.items()
        decode = _DECODERS.get(name)
        if decode is not None:
            return decode(operand)
    return {name: decode_extended(child) for name, child in value.items()}


def encode_extended(value: JSONValue) -> JSONValue:
    """Relaxed Extended JSON of a stored value."""
    if isinstance(value, list):
        return [encode_extended(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"$numberDouble": _INFINITE.get(value, "NaN")}
    if not isinstance(value, dict):
        return value
    match value:
        case {"__type": "Date", "iso": str(iso)} if len(value) == 2:
            return {"$date": iso.replace(".000Z", "Z")}
        case {"__type": "Bytes", "base64": text} if len(value) == 2:
            return {"$binary": {"base64": text, "subType": "00"}}
    return {name: encode_extended(child) for name, child in value.items()}


def _date(operand: JSONValue) -> JSONValue:
    if isinstance(operand, dict) and operand.keys() == {"$numberLong"}:
        operand = _number(operand["$numberLong"])
    if isinstance(operand, int | float) and not isinstance(operand, bool):
        return values.date(dates.format_ms(int(operand)))
    canonical = dates.normalise(operand) if isinstance(operand, str) else None
    if canonical is None:
        raise errors.invalid_query("$date is not a valid date")
    return values.date(canonical)


def _number(operand: JSONValue) -> JSONValue:
    try:
        return int(cast("str", operand))
    except (TypeError, ValueError):
        raise errors.invalid_query(f"not a whole number: {operand}") from None


def _double(operand: JSONValue) -> JSONValue:
    try:
        return float(cast("str", operand))
    except (TypeError, ValueError):
        raise errors.invalid_query(f"not a number: {operand}") from None


def _binary(operand: JSONValue) -> JSONValue:
    fields = operand if isinstance(operand, dict) else cast("JSONObject", {})
    text = fields.get("base64")
    if not isinstance(text, str):
        raise errors.invalid_query("$binary needs base64")
    return values.clean_nested({"__type": "Bytes", "base64": text})


def _refused(name: str) -> Callable[[JSONValue], JSONValue]:
    def refuse(_operand: JSONValue) -> JSONValue:
        raise errors.invalid_query(f"The Extended JSON type {name} is not supported by this store.")

    return refuse


_DECODERS: Final[dict[str, Callable[[JSONValue], JSONValue]]] = {
    "$date": _date,
    "$numberInt": _number,
    "$numberLong": _number,
    "$numberDouble": _double,
    "$binary": _binary,
    **{
        name: _refused(name)
        for name in ("$oid", "$numberDecimal", "$regularExpression", "$timestamp", "$uuid")
    },
}
