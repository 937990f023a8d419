"""`databaseOptions`: the server's own keys first, then those of the MongoDB driver."""

from functools import partial
from typing import Final

from parsepy.options.definition import Group, Kind, Option, items, mapping, number, switch, text

CLIENT_METADATA: Final = Group(
    "DatabaseOptionsClientMetadata",
    "PARSE_SERVER_DATABASE_CLIENT_METADATA",
    (
        text("name", "Application name.", required=True),
        text("version", "Application version.", required=True),
    ),
)

LOG_CLIENT_EVENT: Final = Group(
    "LogClientEvent",
    "PARSE_SERVER_DATABASE_LOG_CLIENT_EVENTS",
    (
        items("keys", "Paths inside the event to write; empty: the whole event."),
        text("logLevel", "Level of the entry.", "info"),
        text("name", "Name of the driver's event.", required=True),
    ),
)

_startup_index: Final = partial(Option, Kind.BOOLEAN, default=True, supported=True)

_OWN: Final[tuple[Option, ...]] = (
    switch("allowPublicExplain", "Lets clients ask for query plans.", False),
    number("batchSize", "Documents per round trip of a cursor.", 1000, supported=True),
    mapping("clientMetadata", "Names the app in the handshake.", members=CLIENT_METADATA),
    _startup_index("createIndexAuthDataUniqueness", "Unique index per provider identity."),
    _startup_index("createIndexRoleName", "Unique index on role names."),
    _startup_index("createIndexUserEmail", "Unique index on addresses."),
    _startup_index("createIndexUserEmailCaseInsensitive", "The same, blind to letter case."),
    _startup_index("createIndexUserEmailVerifyToken", "Index on verification tokens."),
    _startup_index("createIndexUserPasswordResetToken", "Index on reset tokens."),
    _startup_index("createIndexUserUsername", "Unique index on usernames."),
    _startup_index("createIndexUserUsernameCaseInsensitive", "The same, blind to letter case."),
    switch("disableIndexFieldValidation", "Allows indexes on fields that do not exist."),
    switch(
        "enableSchemaHooks",
        "Follows schema changes of other processes (MongoDB replica sets).",
        False,
        supported=True,
        production=True,
    ),
    items("logClientEvents", "Driver events to log.", members=LOG_CLIENT_EVENT, repeated=True),
    number("maxTimeMS", "Longest run of a query.", supported=True, production=True),
    number(
        "schemaCacheTtl",
        "Milliseconds until the schema is read again, at most 5000.",
        supported=True,
    ),
)

_number: Final = partial(Option, Kind.NUMBER, supported=True)
_text: Final = partial(Option, Kind.STRING, supported=True)
_switch: Final = partial(Option, Kind.BOOLEAN, supported=True)

_CONNECTION: Final[tuple[Option, ...]] = (
    _text("appName", "Name shown in the database's log."),
    _text("authMechanism", "How the driver authenticates."),
    Option(Kind.OBJECT, "authMechanismProperties", "Details of that.", supported=True),
    _text("authSource", "Database that holds the account."),
    switch("autoSelectFamily", "IPv4 and IPv6 in parallel (Node only)."),
    number("autoSelectFamilyAttemptTimeout", "Milliseconds per try of that (Node only)."),
    _text("compressors", "Compression on the wire."),
    _number("connectTimeoutMS", "Time to connect."),
    _switch("directConnection", "Talks to this one host only."),
    switch("forceServerObjectId", "The database makes `_id` (Node only)."),
    _number("heartbeatFrequencyMS", "Time between looks at the topology."),
    _switch("loadBalanced", "A load balancer stands in between."),
    _number("localThresholdMS", "Extra latency a chosen server may have."),
    _number("maxConnecting", "Connections opened at the same time."),
    _number("maxIdleTimeMS", "Idle time before a connection closes."),
    _number("maxPoolSize", "Most connections in the pool.", production=True),
    _number("maxStalenessSeconds", "How far a secondary may lag."),
    _number("minPoolSize", "Connections kept open."),
    text("proxyHost", "SOCKS5 host (Node only)."),
    text("proxyPassword", "SOCKS5 password (Node only)."),
    number("proxyPort", "SOCKS5 port (Node only)."),
    text("proxyUsername", "SOCKS5 user (Node only)."),
    _text("readConcernLevel", "Read concern."),
    _text("readPreference", "Which members answer reads.", production=True),
    Option(Kind.ARRAY, "readPreferenceTags", "Tag sets for that.", supported=True),
    _text("replicaSet", "Name of the replica set."),
    _switch("retryReads", "Repeats a read that failed."),
    _switch("retryWrites", "Repeats a write that failed."),
    _text("serverMonitoringMode", "How servers are watched."),
    _number("serverSelectionTimeoutMS", "Time to find a server."),
    _number("socketTimeoutMS", "Time to answer on a socket."),
    _number("srvMaxHosts", "Most hosts taken from an SRV record."),
    _text("srvServiceName", "Service name of the SRV record."),
    _number("waitQueueTimeoutMS", "Time to wait for a pooled connection."),
    _number("zlibCompressionLevel", "0 to 9."),
)

_TLS: Final[tuple[Option, ...]] = (
    _switch("ssl", "Another name of tls."),
    _switch("tls", "Encrypts the connection."),
    _switch("tlsAllowInvalidCertificates", "Accepts any certificate."),
    _switch("tlsAllowInvalidHostnames", "Accepts any host name."),
    _text(
        "tlsCAFile",
        "Certificates to trust.",
        environment="PARSE_SERVER_DATABASE_TLS_CAFILE",
    ),
    _text("tlsCertificateKeyFile", "Client certificate and key."),
    _text("tlsCertificateKeyFilePassword", "Password of that file."),
    _switch("tlsInsecure", "Turns the checks off."),
)

DATABASE_OPTIONS: Final = Group(
    "DatabaseOptions", "PARSE_SERVER_DATABASE", _OWN + _CONNECTION + _TLS, extensible=True
)
