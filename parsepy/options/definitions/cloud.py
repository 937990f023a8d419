"""Cloud code, LiveQuery and GraphQL."""

from typing import Final

from parsepy.options.definition import (
    Group,
    Kind,
    Option,
    Section,
    adapter,
    items,
    mapping,
    number,
    switch,
    text,
)

LIVE_QUERY: Final = Group(
    "LiveQueryOptions",
    "PARSE_SERVER_LIVEQUERY",
    (
        items(
            "classNames",
            "Classes whose changes are published, as names or patterns.",
            production=True,
            environment="PARSE_SERVER_LIVEQUERY_CLASSNAMES",
            supported=True,
        ),
        adapter("pubSubAdapter", "What publishes."),
        mapping("redisOptions", "Settings of the Redis client."),
        text(
            "redisURL",
            "Redis between several processes; unset: the server's redisUrl.",
            production=True,
            supported=True,
        ),
        number(
            "regexTimeout",
            "Milliseconds for one pattern. Patterns have a bound of their own here.",
            100,
            supported=True,
        ),
        text(
            "source",
            "doors: what the app's servers write; changeStream: what MongoDB tells of all writes. "
            "Not in parse-server.",
            "doors",
            supported=True,
        ),
        adapter("wssAdapter", "What speaks WebSocket."),
    ),
)

LIVE_QUERY_SERVER: Final = Group(
    "LiveQueryServerOptions",
    "PARSE_LIVE_QUERY_SERVER",
    (
        text("appId", "Must be the server's."),
        number(
            "cacheTimeout",
            "Milliseconds a session is cached. Here cached sessions are always current.",
            supported=True,
        ),
        mapping("keyPairs", "Keys that clients may show; one of them opens.", supported=True),
        text("logLevel", "VERBOSE, INFO, ERROR or NONE."),
        text("masterKey", "Must be the server's."),
        number(
            "maxFrameSize",
            "Bytes of one frame from a client. Not in parse-server.",
            1024 * 1024,
            supported=True,
        ),
        number(
            "maxSubscriptionsPerClient",
            "Subscriptions of one connection. Not in parse-server.",
            1000,
            supported=True,
        ),
        number(
            "maxUnsentSize",
            "Bytes that wait for a slow client before it is cut off. Not in parse-server.",
            1024 * 1024,
            supported=True,
        ),
        number(
            "port",
            "Port on which there are sockets too; unset: the API's.",
            supported=True,
        ),
        adapter("pubSubAdapter", "What subscribes."),
        mapping("redisOptions", "Settings of the Redis client."),
        text(
            "redisURL",
            "Redis between several processes; unset: the server's redisUrl.",
            production=True,
            supported=True,
        ),
        number(
            "resumeEvents",
            "Events that are kept for clients that come back. Not in parse-server.",
            1000,
            supported=True,
        ),
        text("serverURL", "Where sessions are looked up."),
        number("websocketTimeout", "Milliseconds between pings.", 10_000, supported=True),
        adapter("wssAdapter", "What speaks WebSocket."),
    ),
)

CLOUD_CODE: Final = Group(
    "CloudCodeOptions",
    "PARSE_SERVER_CLOUD_CODE",
    (
        number("timeout", "Milliseconds for one call of a function or trigger.", 300_000),
        number("threads", "Plain functions that run at the same time.", 32),
        switch(
            "allowPrivateAddresses",
            "Lets cloud.http reach hosts in private networks; without it, only public addresses.",
            True,
        ),
    ),
)

WEBHOOKS: Final = Group(
    "WebhookOptions",
    "PARSE_SERVER_WEBHOOKS",
    (
        number("timeout", "Milliseconds for one whole call.", 60_000),
        switch(
            "allowPrivateAddresses",
            "Calls hosts in private networks too; without it, also after a redirect, only public "
            "addresses.",
            True,
        ),
        number("maxRedirects", "Redirects that are followed.", 0),
        number("maxAnswerSize", "Bytes of an answer.", 20 * 1024 * 1024),
    ),
)

CLOUD: Final = Section(
    "Cloud code, LiveQuery, GraphQL",
    (
        Option(
            Kind.CODE,
            "cloud",
            "Python file, module, package or function with cloud code, or several.",
            supported=True,
            production=True,
        ),
        mapping(
            "cloudCode",
            "How the app's own code is run. Not in parse-server.",
            {},
            members=CLOUD_CODE,
            supported=True,
        ),
        mapping(
            "webhooks",
            "How webhooks are called. Not in parse-server.",
            {},
            members=WEBHOOKS,
            supported=True,
        ),
        mapping(
            "liveQuery", "What LiveQuery publishes, and how.", production=True, members=LIVE_QUERY
        ),
        switch(
            "startLiveQueryServer",
            "Serves LiveQuery in this process; by default where classes are published.",
            production=True,
            supported=True,
        ),
        mapping(
            "liveQueryServerOptions",
            "Settings of that; giving them starts it.",
            members=LIVE_QUERY_SERVER,
        ),
        switch(
            "mountGraphQL",
            "Serves GraphQL.",
            False,
            environment="PARSE_SERVER_MOUNT_GRAPHQL",
        ),
        text("graphQLPath", "Its path.", "/graphql", environment="PARSE_SERVER_GRAPHQL_PATH"),
        Option(
            Kind.STRING_OR_OBJECT,
            "graphQLSchema",
            "A schema to merge into it.",
            environment="PARSE_SERVER_GRAPH_QLSCHEMA",
        ),
        switch(
            "graphQLPublicIntrospection",
            "Lets everybody read its schema.",
            False,
            environment="PARSE_SERVER_GRAPHQL_PUBLIC_INTROSPECTION",
        ),
        switch("mountPlayground", "Shows a playground; going away.", False),
        text("playgroundPath", "Path of the playground; going away.", "/playground"),
        switch(
            "enableProductPurchaseLegacyApi",
            "Has `/validate_purchase`, for in-app purchases of old.",
            True,
            supported=True,
        ),
    ),
)
