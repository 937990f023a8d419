"""The one place where the driver's failures become Parse's.

A client never sees the driver's text. What is not listed here stays as it is: unexpected, logged
with its cause, answered as code 1.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final

from bson.errors import BSONError, InvalidDocument
from pymongo import errors as driver

from parsepy import errors
from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.storage.mongodb.columns import field_of_column
from parsepy.storage.text_index import TextIndexMissing

DUPLICATE_KEY: Final = 11000
INDEX_CONFLICTS: Final = frozenset((85, 86))
NAMESPACE_NOT_FOUND: Final = 26
INDEX_NOT_FOUND: Final = 27

_AUTHENTICATION: Final = frozenset((11, 13, 18, 8000))
_UNAVAILABLE: Final = frozenset((50, 64, 89, 91, 189, 262, 10107, 11600, 11602, 13435, 13436))
_BAD_REGEX: Final = frozenset((51091, 51108))
_TOO_LARGE: Final = frozenset((10334, 17280, 17419, 17420))
_TOO_DEEP: Final = 15
# Of a search, and of an object whose field `language` a text index takes for one.
_UNSUPPORTED_LANGUAGE: Final = frozenset((17261, 17262))
_CONFLICTING_PATHS: Final = 40
# TypeMismatch, PathNotViable, BadValue, NotSingleValueField, CannotBackfillArray,
# FailedToParse, InvalidBSON; then what a bad path or value is called in updates and filters.
_REFUSED: Final = frozenset(
    (2, 9, 14, 22, 28, 34, 52, 54, 55, 56, 57, 66, 291, 15998, 16410, 40353)
)
# What a 2d index calls a point beyond ±180 degrees, a 2dsphere index what is no shape on a sphere.
_SHAPE_REFUSED: Final = frozenset((13027, 16755))
# CannotCreateIndex, IndexOptionsConflict, IndexKeySpecsConflict, InvalidIndexSpecificationOption,
# and what values that no geo index takes are called.
_INDEX_REFUSED: Final = frozenset((67, 85, 86, 197, 13026, 13068, 16755, 16804))


class _Border:
    """`with WRITING: await …` lets only translated failures out; costs nothing on success."""

    __slots__ = ("_codes", "_refused")

    def __init__(
        self, refused: Callable[[], ParseError], codes: frozenset[int] = frozenset()
    ) -> None:
        self._refused = refused
        self._codes = codes

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            return
        if isinstance(error, driver.OperationFailure) and error.code in self._codes:
            raise self._refused() from error
        translated = translate(error, self._refused)
        if translated is not None:
            raise translated from error


def _query_refused() -> ParseError:
    return errors.invalid_query("The database does not take this query.")


def _write_refused() -> ParseError:
    return errors.incorrect_type("The operation does not fit the stored value.")


def index_refused() -> ParseError:
    return errors.invalid_query("The database does not take this index.")


READING: Final = _Border(_query_refused)
WRITING: Final = _Border(_write_refused)
INDEXING: Final = _Border(index_refused, codes=_INDEX_REFUSED)


def translate(error: BaseException, refused: Callable[[], ParseError]) -> Exception | None:
    """What `error` means to the caller; `None` when it is none of the driver's known failures."""
    if isinstance(error, driver.OperationFailure):
        return _of_operation(error, refused)
    if isinstance(error, driver.DocumentTooLarge):
        return _too_large()
    if isinstance(error, InvalidDocument):
        return _unstorable_document(error)
    if isinstance(error, driver.ConnectionFailure | driver.WaitQueueTimeoutError):
        return errors.database_error()
    if isinstance(error, BSONError | OverflowError | UnicodeEncodeError):
        return errors.incorrect_type("The value holds a number or text that cannot be stored.")
    if isinstance(error, RecursionError):
        return _too_deep()
    return None


def duplicate_value(details: Mapping[str, Any] | None) -> DuplicateValue:
    """The field is read from the index's key pattern: the error's text quotes client values."""
    pattern = (details or {}).get("keyPattern")
    if not isinstance(pattern, Mapping) or not pattern:
        return DuplicateValue()
    return DuplicateValue(field_of_column(next(iter(pattern))))


def of_write_error(entry: Mapping[str, Any]) -> DuplicateValue | Exception:
    """What one entry of `writeErrors` means."""
    if entry.get("code") == DUPLICATE_KEY:
        return duplicate_value(entry)
    failure = driver.WriteError("bulk write", entry.get("code"), entry)
    return _of_operation(failure, _write_refused) or failure


def failures(error: driver.BulkWriteError) -> "dict[int, DuplicateValue | Exception]":
    """Why writes of a bulk were not done, by their place; raises what concerns all of them."""
    if error.details["writeConcernErrors"]:
        raise errors.database_error() from error
    return {entry["index"]: of_write_error(entry) for entry in error.details["writeErrors"]}


def refusals(
    error: driver.BulkWriteError,
) -> "list[tuple[int, DuplicateValue | ParseError]]":
    """The writes of a bulk that were refused, by their place; raises what is no refusal."""
    refused = []
    for place, failure in failures(error).items():
        if not isinstance(failure, DuplicateValue | ParseError):
            raise failure from error
        refused.append((place, failure))
    return refused


def is_unauthorised(error: driver.OperationFailure) -> bool:
    return error.code in _AUTHENTICATION


def _of_operation(
    error: driver.OperationFailure, refused: Callable[[], ParseError]
) -> Exception | None:
    code = error.code
    if code == DUPLICATE_KEY:
        return duplicate_value(error.details)
    if code in _BAD_REGEX:
        return errors.invalid_query("The $regex value is not a valid regular expression.")
    if code in _TOO_LARGE:
        return _too_large()
    if code == _TOO_DEEP:
        return _too_deep()
    if code in _UNSUPPORTED_LANGUAGE:
        return errors.unsupported_language()
    if code == INDEX_NOT_FOUND:
        return TextIndexMissing()
    if code == _CONFLICTING_PATHS:
        return errors.invalid_json("One update cannot change both a field and a part of it.")
    if code in _SHAPE_REFUSED:
        return errors.shape_refused()
    if code in _REFUSED:
        return refused()
    if code in _UNAVAILABLE or code in _AUTHENTICATION or _is_transient(error):
        return errors.database_error()
    return None


def _is_transient(error: driver.OperationFailure) -> bool:
    return isinstance(
        error, driver.ExecutionTimeout | driver.WTimeoutError | driver.WriteConcernError
    ) or error.has_error_label("TransientTransactionError")


def _unstorable_document(error: InvalidDocument) -> ParseError:
    if "NULL byte" in str(error):
        return ParseError(
            Code.INVALID_NESTED_KEY, "Nested keys should not contain the NUL character"
        )
    return errors.incorrect_type("The value holds something that cannot be stored.")


def _too_large() -> ParseError:
    return errors.invalid_json("The object is larger than the 16 MB that the database takes.")


def _too_deep() -> ParseError:
    return errors.incorrect_type("The value is nested deeper than the database takes.")
