"""The indexes that the server itself needs, by name as parse-server makes them."""

from collections.abc import Iterable
from typing import Final

from parsepy.options.model import ServerOptions
from parsepy.storage.base import Index

_ALWAYS: Final = (
    (
        "createIndexUserUsername",
        Index("_User", "username_1", ("username",), unique=True),
    ),
    (
        "createIndexUserUsernameCaseInsensitive",
        Index("_User", "case_insensitive_username", ("username",), case_insensitive=True),
    ),
    (
        "createIndexUserEmailCaseInsensitive",
        Index("_User", "case_insensitive_email", ("email",), case_insensitive=True),
    ),
    ("createIndexUserEmail", Index("_User", "email_1", ("email",), unique=True)),
    (
        "createIndexUserEmailVerifyToken",
        Index("_User", "_email_verify_token", ("_email_verify_token",)),
    ),
    (
        "createIndexUserPasswordResetToken",
        Index("_User", "_perishable_token", ("_perishable_token",)),
    ),
    ("createIndexRoleName", Index("_Role", "name_1", ("name",), unique=True)),
    ("", Index("_Idempotency", "reqId_1", ("reqId",), unique=True)),
    ("", Index("_Idempotency", "ttl", ("expire",), expires=True)),
)

EMBEDDED_ONLY: Final = (
    Index("_Session", "session_token", ("sessionToken",), unique=True),
    Index("_Session", "session_user", ("user",)),
    Index("_Installation", "installation_id", ("installationId",)),
    Index("_Installation", "device_token", ("deviceToken",)),
)
"""parse-server makes none of these: a database that it shares keeps exactly its own."""


def wanted_indexes(options: ServerOptions, *, shared: bool) -> list[Index]:
    """`shared`: parse-server may run on the same database."""
    wanted = [index for switch, index in _ALWAYS if _is_on(options, switch, index)]
    if options.database_options.get("createIndexAuthDataUniqueness", True):
        wanted += [_auth_data(name) for name in _provider_names(options)]
    return wanted if shared else [*wanted, *EMBEDDED_ONLY]


def _is_on(options: ServerOptions, switch: str, index: Index) -> bool:
    if index.case_insensitive and options.enable_collation_case_comparison:
        return False
    return not switch or bool(options.database_options.get(switch, True))


def _auth_data(provider: str) -> Index:
    return Index("_User", f"_auth_data_{provider}_id", (f"authData.{provider}.id",), unique=True)


def _provider_names(options: ServerOptions) -> Iterable[str]:
    names = [name for name in options.auth if name.isidentifier()]
    if options.enable_anonymous_users and "anonymous" not in names:
        names.append("anonymous")
    return names
