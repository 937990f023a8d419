"""`databaseURI` and `databaseOptions`, as the driver takes them."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from pymongo.common import validate
from pymongo.driver_info import DriverInfo
from pymongo.errors import ConfigurationError

from parsepy.types import JSONValue

OWN_OPTIONS: Final = frozenset(
    (
        "allowPublicExplain batchSize clientMetadata createIndexAuthDataUniqueness"
        " createIndexRoleName createIndexUserEmail createIndexUserEmailCaseInsensitive"
        " createIndexUserEmailVerifyToken createIndexUserPasswordResetToken"
        " createIndexUserUsername createIndexUserUsernameCaseInsensitive"
        " disableIndexFieldValidation enableSchemaHooks logClientEvents maxTimeMS schemaCacheTtl"
    ).split()
)
"""Options for the server, not for the driver."""

NODE_OPTIONS: Final = frozenset(
    (
        "autoSelectFamily autoSelectFamilyAttemptTimeout enableUtf8Validation family"
        " forceServerObjectId keepAlive keepAliveInitialDelay noDelay promoteBuffers promoteLongs"
        " promoteValues proxyHost proxyPassword proxyPort proxyUsername useNewUrlParser"
        " useUnifiedTopology"
    ).split()
)
"""Options that only Node's driver knows."""

SELECTION_TIMEOUT: Final = "serverSelectionTimeoutMS"
SELECTION_TIMEOUT_MS: Final = 10_000

# Node's driver takes 0 as "no limit" where this one refuses it; no limit is its default too.
_ZERO_IS_DEFAULT: Final = frozenset(("maxIdleTimeMS", "waitQueueTimeoutMS", "maxStalenessSeconds"))
_CREDENTIALS: Final = re.compile(r"(?P<scheme>mongodb(?:\+srv)?://)(?P<user>.*)@(?P<rest>[^@]*)")


def driver_options(uri: str, options: Mapping[str, JSONValue]) -> dict[str, Any]:
    """Keyword arguments of the driver's client."""
    known: dict[str, Any] = {
        name: value
        for name, value in options.items()
        if value is not None
        and name not in OWN_OPTIONS
        and name not in NODE_OPTIONS
        and not (value == 0 and name in _ZERO_IS_DEFAULT)
    }
    if SELECTION_TIMEOUT.lower() not in uri.lower():
        known.setdefault(SELECTION_TIMEOUT, SELECTION_TIMEOUT_MS)
    metadata = options.get("clientMetadata")
    if isinstance(metadata, dict):
        known["driver"] = DriverInfo(str(metadata.get("name")), str(metadata.get("version")))
    return known


def refused_option(options: Mapping[str, Any]) -> str | None:
    """The first option that the driver does not know, or whose value it does not take."""
    for name, value in options.items():
        try:
            validate(name, value)
        except (ConfigurationError, TypeError, ValueError):
            return name
    return None


def escape_credentials(uri: str) -> str:
    """The address with user name and password percent-encoded, for those written as they are.

    The last `@` ends them, as in parse-server.
    """
    match = _CREDENTIALS.fullmatch(uri)
    if match is None:
        return uri
    user, colon, password = match["user"].partition(":")
    escaped = quote(unquote(user), safe="") + colon + quote(unquote(password), safe="")
    return f"{match['scheme']}{escaped}@{match['rest']}"
