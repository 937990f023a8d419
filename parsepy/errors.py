"""The closed vocabulary of errors: Parse codes, `ParseError`, and a constructor for each case.

`ParseError` is what a client gets to see. Its `message` may be replaced by `Permission denied`
at the border (option `enableSanitizedErrorResponse`) when `sanitised` is set: permission errors
must not tell what exists. Anything that is not a `ParseError` or `HTTPError` is unexpected and
becomes code 1 with its cause in the log only.
"""

from enum import IntEnum
from typing import Final

import orjson

from parsepy.types import JSONObject, JSONValue

PERMISSION_DENIED: Final = "Permission denied"


class Code(IntEnum):
    """Parse error codes (rest-objects sheet, section 6)."""

    OTHER_CAUSE = -1
    INTERNAL = 1
    CONNECTION_FAILED = 100
    OBJECT_NOT_FOUND = 101
    INVALID_QUERY = 102
    INVALID_CLASS_NAME = 103
    MISSING_OBJECT_ID = 104
    INVALID_KEY_NAME = 105
    INVALID_JSON = 107
    COMMAND_UNAVAILABLE = 108
    INCORRECT_TYPE = 111
    PUSH_MISCONFIGURED = 115
    OBJECT_TOO_LARGE = 116
    OPERATION_FORBIDDEN = 119
    INVALID_NESTED_KEY = 121
    INVALID_FILE_NAME = 122
    INVALID_ACL = 123
    TIMEOUT = 124
    INVALID_EMAIL_ADDRESS = 125
    FILE_SAVE_ERROR = 130
    MISSING_REQUIRED_FIELD = 135
    CHANGED_IMMUTABLE_FIELD = 136
    DUPLICATE_VALUE = 137
    SCRIPT_FAILED = 141
    VALIDATION_ERROR = 142
    FILE_DELETE_ERROR = 153
    REQUEST_LIMIT_EXCEEDED = 155
    WEBHOOK_ERROR = 143
    DUPLICATE_REQUEST = 159
    INVALID_VALUE = 162
    USERNAME_MISSING = 200
    PASSWORD_MISSING = 201
    USERNAME_TAKEN = 202
    EMAIL_TAKEN = 203
    EMAIL_MISSING = 204
    EMAIL_NOT_FOUND = 205
    SESSION_MISSING = 206
    ACCOUNT_ALREADY_LINKED = 208
    INVALID_SESSION_TOKEN = 209
    UNSUPPORTED_SERVICE = 252
    SCHEMA_CHANGE_REFUSED = 255


class ParseError(Exception):
    """An error with a Parse code, answered as `{"code": code, "error": message}`."""

    def __init__(self, code: int, message: str, *, sanitised: bool = False) -> None:
        super().__init__(message)
        self.code = int(code)
        self.message = message
        self.sanitised = sanitised

    @property
    def http_status(self) -> int:
        if self.code == Code.INTERNAL:
            return 500
        return 404 if self.code == Code.OBJECT_NOT_FOUND else 400

    def public_message(self, *, sanitise: bool) -> str:
        return PERMISSION_DENIED if sanitise and self.sanitised else self.message

    def body(self, *, sanitise: bool) -> JSONObject:
        return {"code": self.code, "error": self.public_message(sanitise=sanitise)}


class TooManyRequests(ParseError):
    """A rate limit is exceeded: code 100 with a status of its own."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.CONNECTION_FAILED, message)

    @property
    def http_status(self) -> int:
        return 429


class HTTPError(ParseError):
    """An error below the Parse vocabulary, answered as `{"error": message}` with its own status."""

    def __init__(self, status: int, message: str, *, sanitised: bool = False) -> None:
        super().__init__(Code.OTHER_CAUSE, message, sanitised=sanitised)
        self.status = status

    @property
    def http_status(self) -> int:
        return self.status

    def body(self, *, sanitise: bool) -> JSONObject:
        return {"error": self.public_message(sanitise=sanitise)}


class ScriptFailed(ParseError):
    """What cloud code threw where it was no text: the client gets it as it is."""

    def __init__(self, value: JSONValue) -> None:
        super().__init__(Code.SCRIPT_FAILED, _text(value))
        self.value = value

    def body(self, *, sanitise: bool) -> JSONObject:
        return {"code": self.code, "error": self.value}


class Forbidden(ParseError):
    """A Parse error that is answered with HTTP 403."""

    @property
    def http_status(self) -> int:
        return 403


class JobNotDeployed(ParseError):
    """Code 1, and yet the client's mistake: SDKs repeat a request that is answered with 500."""

    def __init__(self) -> None:
        super().__init__(Code.INTERNAL, "Cannot Schedule a job that is not deployed")

    @property
    def http_status(self) -> int:
        return 400


class PreconditionFailed(ParseError):
    """The object is not in the state that a conditional write named: answered with HTTP 412."""

    def __init__(self) -> None:
        super().__init__(Code.VALIDATION_ERROR, "The object has changed since.")

    @property
    def http_status(self) -> int:
        return 412


class TransactionLost(ParseError):
    """The store gave a transaction up because of others; done anew it may succeed."""

    def __init__(self) -> None:
        super().__init__(Code.INTERNAL, "Database error")


class DuplicateValue(Exception):
    """A unique index refused a write; `field` names the Parse field when the store can tell."""

    def __init__(self, field: str | None = None) -> None:
        super().__init__(field)
        self.field = field


class ClassExists(Exception):
    """A class of that name is already in the schema store."""


def _text(value: JSONValue) -> str:
    return orjson.dumps(value).decode()


# -- credentials and doors


def unauthorized() -> HTTPError:
    return HTTPError(403, "unauthorized")


def master_key_required() -> HTTPError:
    return HTTPError(403, "unauthorized: master key is required", sanitised=True)


def route_not_found(method: str, path: str) -> HTTPError:
    return HTTPError(404, f"Cannot {method} {path}")


def body_too_large() -> HTTPError:
    return HTTPError(413, "request entity too large")


def bad_body(reason: str) -> HTTPError:
    return HTTPError(400, reason)


def forbidden(detail: str) -> ParseError:
    return ParseError(Code.OPERATION_FORBIDDEN, detail, sanitised=True)


def read_only_key(what: str) -> ParseError:
    return forbidden(f"read-only masterKey isn't allowed to {what}.")


def aggregation_closed() -> ParseError:
    return ParseError(
        Code.OPERATION_FORBIDDEN,
        "Cannot run an aggregation pipeline when using the readOnlyMasterKey",
    )


def class_closed(operation: str, class_name: str) -> ParseError:
    collection = "installation" if class_name == "_Installation" else class_name
    return forbidden(
        f"Clients aren't allowed to perform the {operation} operation"
        f" on the {collection} collection."
    )


def class_does_not_exist_for_client(class_name: str) -> ParseError:
    return forbidden(f"This user is not allowed to access non-existent class: {class_name}")


def class_permission_denied(operation: str, class_name: str) -> ParseError:
    return forbidden(f"Permission denied for action {operation} on class {class_name}.")


def authentication_required() -> ParseError:
    return ParseError(
        Code.OBJECT_NOT_FOUND,
        "Permission denied, user needs to be authenticated.",
        sanitised=True,
    )


def invalid_context() -> ParseError:
    return ParseError(Code.INVALID_JSON, "Invalid object for context.")


# -- objects


def object_not_found(message: str = "Object not found.") -> ParseError:
    return ParseError(Code.OBJECT_NOT_FOUND, message)


def invalid_class_name(class_name: str) -> ParseError:
    return ParseError(Code.INVALID_CLASS_NAME, f"invalid className: {class_name}")


def invalid_field_name(field: str) -> ParseError:
    return ParseError(Code.INVALID_KEY_NAME, f"Invalid field name: {field}.")


def invalid_field_name_for_update(field: str) -> ParseError:
    return ParseError(Code.INVALID_KEY_NAME, f"Invalid field name for update: {field}")


def field_is_reserved(field: str) -> ParseError:
    return ParseError(Code.INVALID_KEY_NAME, f"{field} is an invalid field name.")


def missing_object_id() -> ParseError:
    return ParseError(Code.MISSING_OBJECT_ID, "objectId must not be empty, null or undefined")


def invalid_nested_key() -> ParseError:
    return ParseError(
        Code.INVALID_NESTED_KEY, "Nested keys should not contain the '$' or '.' characters"
    )


def invalid_json(message: str) -> ParseError:
    return ParseError(Code.INVALID_JSON, message)


def invalid_acl() -> ParseError:
    return ParseError(Code.INVALID_ACL, "Invalid ACL.")


def not_a_valid(type_name: str) -> ParseError:
    return ParseError(Code.INCORRECT_TYPE, f"This is not a valid {type_name}")


def incorrect_type(message: str) -> ParseError:
    return ParseError(Code.INCORRECT_TYPE, message)


def shape_refused() -> ParseError:
    return incorrect_type("A GeoPoint must be on earth, and a Polygon's edges must not meet")


def schema_mismatch(class_name: str, field: str, expected: str, got: str) -> ParseError:
    return incorrect_type(
        f"schema mismatch for {class_name}.{field}; expected {expected} but got {got}"
    )


def duplicate_value() -> ParseError:
    return ParseError(
        Code.DUPLICATE_VALUE, "A duplicate value for a field with unique values was provided"
    )


def prohibited_keyword(rule: JSONValue) -> ParseError:
    return ParseError(Code.INVALID_KEY_NAME, f"Prohibited keyword in request data: {_text(rule)}.")


def field_required(field: str) -> ParseError:
    return ParseError(Code.VALIDATION_ERROR, f"{field} is required")


# -- queries


def invalid_query(message: str) -> ParseError:
    return ParseError(Code.INVALID_QUERY, message)


def invalid_key_name(key: str) -> ParseError:
    return ParseError(Code.INVALID_KEY_NAME, f"Invalid key name: {key}")


def invalid_query_parameter(name: str) -> ParseError:
    return invalid_query(f"Invalid parameter for query: {name}")


def unsupported_language() -> ParseError:
    return invalid_query("The language is not supported by text search.")


def improper_parameter() -> ParseError:
    return invalid_query("Improper encode of parameter")


def not_supported_yet(what: str) -> ParseError:
    return ParseError(Code.COMMAND_UNAVAILABLE, f"{what} is not supported yet.")


# -- users and sessions


def invalid_session_token(*, sanitised: bool = False) -> ParseError:
    return ParseError(Code.INVALID_SESSION_TOKEN, "Invalid session token", sanitised=sanitised)


def session_expired() -> ParseError:
    return ParseError(Code.INVALID_SESSION_TOKEN, "Session token is expired.")


def session_token_required() -> ParseError:
    return ParseError(Code.INVALID_SESSION_TOKEN, "Session token required.")


def invalid_login() -> ParseError:
    return ParseError(Code.OBJECT_NOT_FOUND, "Invalid username/password.")


# -- schemas


def class_missing(class_name: str) -> ParseError:
    return ParseError(Code.INVALID_CLASS_NAME, f"Class {class_name} does not exist.")


def class_exists(class_name: str) -> ParseError:
    return ParseError(Code.INVALID_CLASS_NAME, f"Class {class_name} already exists.")


def schema_change_refused(message: str) -> ParseError:
    return ParseError(Code.SCHEMA_CHANGE_REFUSED, message)


# -- cloud code


def script_failed(message: str) -> ParseError:
    return ParseError(Code.SCRIPT_FAILED, message)


def invalid_function(name: str) -> ParseError:
    return ParseError(Code.SCRIPT_FAILED, f'Invalid function: "{name}"')


def invalid_job() -> ParseError:
    return ParseError(Code.SCRIPT_FAILED, "Invalid job.")


def too_many_jobs() -> ParseError:
    return ParseError(Code.REQUEST_LIMIT_EXCEEDED, "Too many jobs are running on this server.")


def validation_failed(message: str) -> ParseError:
    return ParseError(Code.VALIDATION_ERROR, message)


def webhook_error(message: str) -> ParseError:
    return ParseError(Code.WEBHOOK_ERROR, message)


# -- stores and the unexpected


def transaction_is_open() -> ParseError:
    return ParseError(Code.COMMAND_UNAVAILABLE, "A transaction cannot hold another one.")


def no_transactions(store: str) -> ParseError:
    return ParseError(
        Code.COMMAND_UNAVAILABLE,
        f"Transactions need a replica set or a sharded cluster; this is a standalone {store}.",
    )


def database_error() -> ParseError:
    return ParseError(Code.INTERNAL, "Database error")


def internal_error() -> ParseError:
    return ParseError(Code.INTERNAL, "Internal server error.")
