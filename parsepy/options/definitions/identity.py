"""Application, keys and who may use them."""

from typing import Final

from parsepy.options.definition import Kind, Option, Section, items, number, switch, text
from parsepy.options.definitions.limits import RATE_LIMIT, REQUEST_COMPLEXITY, SECURITY
from parsepy.types import JSONValue

LOCALHOST: Final[list[JSONValue]] = ["127.0.0.1", "::1"]

IDENTITY: Final = Section(
    "Identity, keys, access",
    (
        text(
            "appId",
            "The application id that every client names.",
            supported=True,
            required=True,
            production=True,
            environment="PARSE_SERVER_APPLICATION_ID",
        ),
        text(
            "appName",
            "The name people read in mails and pages.",
            supported=True,
            production=True,
        ),
        Option(
            Kind.STRING_OR_FUNCTION,
            "masterKey",
            "The key with all rights; parsepy takes a string only.",
            supported=True,
            required=True,
            production=True,
        ),
        number("masterKeyTtl", "How many seconds a masterKey function's answer is kept."),
        items(
            "masterKeyIps",
            "Addresses and CIDR ranges that may use the master key; others get 403. "
            "`0.0.0.0/0` and `::/0` open it to all of IPv4 and IPv6.",
            LOCALHOST,
            supported=True,
            production=True,
        ),
        text("readOnlyMasterKey", "Reads like the master key and writes nothing.", supported=True),
        items(
            "readOnlyMasterKeyIps",
            "Addresses and ranges that may use the read-only master key.",
            ["0.0.0.0/0", "::0"],
            supported=True,
        ),
        switch(
            "allowAggregationForReadOnlyMasterKey",
            "Lets the read-only master key aggregate.",
            True,
            supported=True,
        ),
        text(
            "maintenanceKey",
            "Opens internal fields for maintenance scripts; must not equal the master key.",
            supported=True,
        ),
        items(
            "maintenanceKeyIps",
            "Addresses and ranges that may use the maintenance key.",
            LOCALHOST,
            supported=True,
        ),
        text(
            "clientKey",
            "Key of Apple and Android apps. As soon as one of the four client keys is set, a "
            "client has to send one that matches.",
            supported=True,
        ),
        text("javascriptKey", "Key of JavaScript apps.", supported=True),
        text("restAPIKey", "Key of plain REST callers.", supported=True, production=True),
        text("dotNetKey", "Key of .NET and Unity apps.", supported=True),
        text(
            "webhookKey",
            "Sent to webhooks so that they can tell who calls.",
            supported=True,
            production=True,
        ),
        text(
            "fileKey",
            "Encrypts the files that are stored with the database, and is the path key in the "
            "addresses of files that are still at hosted Parse.",
            supported=True,
        ),
        text(
            "encryptionKey",
            "Has no effect, as with parse-server 9.10: fileKey encrypts stored files.",
        ),
        items(
            "routeAllowList",
            "Patterns of the routes that callers without the master key may use; `[]` closes all.",
            supported=True,
        ),
        switch(
            "enableSanitizedErrorResponse",
            "Answers permission errors with `Permission denied` and keeps the reason in the log.",
            True,
            supported=True,
        ),
        items(
            "requestKeywordDenylist",
            "Keys and values that no request body may hold, at any depth; texts are patterns. "
            "A list of your own replaces the default.",
            [{"key": "_bsontype", "value": "Code"}, {"key": "constructor"}, {"key": "__proto__"}],
            supported=True,
        ),
        Option(
            Kind.ARRAY_OR_OBJECT,
            "rateLimit",
            "How many requests a client may make in a time window; beyond that, 429.",
            [],
            supported=True,
            production=True,
            members=RATE_LIMIT,
            repeated=True,
        ),
        Option(
            Kind.OBJECT,
            "requestComplexity",
            "Upper bounds for queries and batches.",
            {},
            supported=True,
            production=True,
            members=REQUEST_COMPLEXITY,
        ),
        Option(
            Kind.OBJECT,
            "security",
            "The security self check (security-check.md).",
            {},
            supported=True,
            members=SECURITY,
        ),
    ),
)
