"""Groups that bound what a client may ask for."""

from typing import Final

from parsepy.options.definition import Group, Kind, Option, items, number, switch, text

RATE_LIMIT: Final = Group(
    "RateLimitOptions",
    "PARSE_SERVER_RATE_LIMIT",
    (
        text(
            "errorResponseMessage", "Text of the 429 answer.", "Too many requests.", supported=True
        ),
        switch(
            "includeInternalRequests",
            "Counts requests that this machine makes itself too.",
            False,
            supported=True,
        ),
        switch(
            "includeMasterKey", "Counts requests with the master key too.", False, supported=True
        ),
        text(
            "redisUrl",
            "Redis that holds the counters for several processes; unset: the server's redisUrl.",
            supported=True,
        ),
        number("requestCount", "Requests allowed per window.", supported=True, production=True),
        Option(
            Kind.STRING_OR_ARRAY,
            "requestMethods",
            "Methods that count, as a list or a pattern; unset: all.",
            supported=True,
        ),
        text(
            "requestPath",
            "Path the limit is for, such as `/functions/*path`.",
            supported=True,
            required=True,
            production=True,
        ),
        number(
            "requestTimeWindow",
            "Length of the window in milliseconds.",
            supported=True,
            production=True,
        ),
        text(
            "zone",
            "What is counted separately: `ip`, `user`, `session` or `global`.",
            "ip",
            supported=True,
        ),
    ),
)

REQUEST_COMPLEXITY: Final = Group(
    "RequestComplexityOptions",
    "PARSE_SERVER_REQUEST_COMPLEXITY",
    (
        switch("allowRegex", "Lets clients use `$regex`.", True, supported=True),
        number("batchRequestLimit", "Requests in one batch.", -1, supported=True, production=True),
        number(
            "graphQLDepth",
            "Nesting of a GraphQL selection.",
            -1,
            production=True,
            environment="PARSE_SERVER_REQUEST_COMPLEXITY_GRAPHQL_DEPTH",
        ),
        number(
            "graphQLFields",
            "Fields in a GraphQL selection.",
            -1,
            production=True,
            environment="PARSE_SERVER_REQUEST_COMPLEXITY_GRAPHQL_FIELDS",
        ),
        number("includeCount", "Paths in `include`.", -1, supported=True, production=True),
        number("includeDepth", "Dots in an `include` path.", -1, supported=True, production=True),
        number(
            "queryDepth", "Nesting of `$or`, `$and`, `$nor`.", -1, supported=True, production=True
        ),
        number("subqueryDepth", "Nesting of sub-queries.", -1, supported=True, production=True),
        number("subqueryLimit", "Rows a sub-query may find.", -1),
    ),
)

SECURITY: Final = Group(
    "SecurityOptions",
    "PARSE_SERVER_SECURITY",
    (
        items(
            "checkGroups", "Your own check groups in place of the built-in ones.", supported=True
        ),
        switch("enableCheck", "Offers GET /security.", False, supported=True),
        switch(
            "enableCheckLog",
            "With enableCheck: writes the report to the log at start.",
            False,
            supported=True,
        ),
    ),
)

IDEMPOTENCY: Final = Group(
    "IdempotencyOptions",
    "PARSE_SERVER_EXPERIMENTAL_IDEMPOTENCY",
    (
        items(
            "paths", "Patterns of the protected paths, without the mount path.", [], supported=True
        ),
        switch(
            "replay",
            "Answers a repeated request as the first one was answered. Not in parse-server, which "
            "refuses it.",
            False,
            supported=True,
        ),
        number("ttl", "Seconds for which a request id is remembered.", 300, supported=True),
    ),
)
