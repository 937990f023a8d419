"""Mail, and the pages that its links lead to."""

from functools import partial
from typing import Final

from parsepy.options.definition import (
    Group,
    Kind,
    Option,
    Section,
    adapter,
    function,
    mapping,
    switch,
    text,
)

_custom_url: Final = partial(Option, Kind.STRING, supported=True)

CUSTOM_URLS: Final = Group(
    "PagesCustomUrlsOptions",
    "PARSE_SERVER_PAGES_CUSTOM_URL",
    (
        _custom_url("emailVerificationLinkExpired", "Where an expired link leads."),
        _custom_url("emailVerificationLinkInvalid", "Where a wrong link leads."),
        _custom_url("emailVerificationSendFail", "Where a failed resend leads."),
        _custom_url("emailVerificationSendSuccess", "Where a resend leads."),
        _custom_url("emailVerificationSuccess", "Where a confirmed address leads."),
        _custom_url("passwordReset", "The form for a new password."),
        _custom_url("passwordResetLinkInvalid", "Where a wrong reset link leads."),
        _custom_url("passwordResetSuccess", "Where a changed password leads."),
    ),
)

ROUTE: Final = Group(
    "PagesRoute",
    "PARSE_SERVER_PAGES_ROUTE",
    (
        function(
            "handler",
            "Answers with the file and the query to use.",
            required=True,
            supported=True,
        ),
        text("method", "GET or POST.", required=True, supported=True),
        text("path", "Path behind the endpoint and the app id.", required=True, supported=True),
    ),
)

PAGES_OPTIONS: Final = Group(
    "PagesOptions",
    "PARSE_SERVER_PAGES",
    (
        Option(
            Kind.ARRAY,
            "customRoutes",
            "Pages of your own.",
            [],
            supported=True,
            members=ROUTE,
            repeated=True,
        ),
        mapping("customUrls", "Pages that live elsewhere.", {}, True, members=CUSTOM_URLS),
        switch("enableLocalization", "Chooses pages by language.", False, True),
        switch("encodePageParamHeaders", "Encodes x-parse-page-param-* headers.", False, True),
        switch("forceRedirect", "Redirects to every page.", False, True),
        text(
            "localizationFallbackLocale",
            "Language of texts that have no translation.",
            "en",
            supported=True,
        ),
        text("localizationJsonPath", "File with translations.", supported=True),
        text("pagesEndpoint", "First part of the pages' path.", "apps", supported=True),
        text("pagesPath", "Folder with templates; unset: the built-in ones.", supported=True),
        Option(
            Kind.OBJECT_OR_FUNCTION,
            "placeholders",
            "Further values for templates.",
            {},
            supported=True,
        ),
    ),
)

_page: Final = partial(Option, Kind.STRING, meaning="Page of the API before 9; has no effect.")

CUSTOM_PAGES: Final = Group(
    "CustomPagesOptions",
    "PARSE_SERVER_CUSTOM_PAGES",
    (
        _page("choosePassword"),
        _page("expiredVerificationLink"),
        _page("invalidLink"),
        _page("invalidPasswordResetLink"),
        _page("invalidVerificationLink"),
        _page("linkSendFail"),
        _page("linkSendSuccess"),
        text(
            "parseFrameURL",
            "Page of yours that shows the linked pages in a frame.",
            supported=True,
        ),
        _page("passwordResetSuccess"),
        _page("verifyEmailSuccess"),
    ),
)

MAIL_AND_PAGES: Final = Section(
    "Mail and pages",
    (
        adapter(
            "emailAdapter",
            "What sends mail: `smtp`, `console` or code of yours; see email.md.",
            production=True,
            supported=True,
        ),
        mapping("pages", "The built-in pages.", {}, True, members=PAGES_OPTIONS),
        mapping("customPages", "Pages of the API before 9.", {}, members=CUSTOM_PAGES),
    ),
)
