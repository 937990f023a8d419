"""Where the server listens and how it runs."""

from typing import Final

from parsepy.options.definition import (
    Kind,
    Option,
    Section,
    function,
    items,
    mapping,
    number,
    switch,
    text,
)
from parsepy.options.definitions.limits import IDEMPOTENCY

SERVER: Final = Section(
    "Server, network, process",
    (
        text(
            "serverURL",
            "The address at which the server reaches itself; default "
            "`http://localhost:<port><mountPath>`.",
            supported=True,
            production=True,
            environment="PARSE_SERVER_URL",
        ),
        Option(
            Kind.STRING_OR_FUNCTION,
            "publicServerURL",
            "The address clients use; it stands in links and Location headers.",
            supported=True,
            production=True,
            environment="PARSE_PUBLIC_SERVER_URL",
        ),
        text("mountPath", "Path under which the API answers.", "/parse", supported=True),
        number("port", "TCP port.", 1337, supported=True, production=True, environment="PORT"),
        text("host", "Address to listen on.", "0.0.0.0", supported=True),  # noqa: S104
        Option(
            Kind.ANY,
            "trustProxy",
            "The proxies in front whose X-Forwarded headers are believed: `true`, their number, "
            "or their addresses and ranges.",
            [],
            supported=True,
            production=True,
        ),
        Option(
            Kind.STRING_OR_ARRAY,
            "allowOrigin",
            "Origins for CORS; unset: `*`.",
            supported=True,
            production=True,
        ),
        items("allowHeaders", "Further names for Access-Control-Allow-Headers.", supported=True),
        Option(
            Kind.NUMBER_OR_BOOLEAN,
            "cluster",
            "Number of worker processes; `true`: one per processor.",
            supported=True,
        ),
        Option(Kind.STRING_OR_FUNCTION, "middleware", "HTTP middleware in front of the API."),
        function("requestContextMiddleware", "Runs once the session is known."),
        switch("enableExpressErrorHandler", "Leaves errors to the surrounding framework.", False),
        text(
            "maxUploadSize",
            "Largest body and file, such as `512kb` or `20mb`.",
            "20mb",
            supported=True,
            production=True,
        ),
        switch("directAccess", "Cloud code calls the server in process, not over HTTP.", True),
        switch("verifyServerUrl", "Calls its own /health after the start.", True),
        function("serverCloseComplete", "Called when the server has stopped."),
        mapping(
            "idempotencyOptions",
            "Recognises repeated requests by their id.",
            {},
            supported=True,
            environment="PARSE_SERVER_EXPERIMENTAL_IDEMPOTENCY_OPTIONS",
            members=IDEMPOTENCY,
        ),
    ),
)
