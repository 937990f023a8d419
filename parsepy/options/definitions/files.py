"""Files, push and installations."""

from typing import Final

from parsepy.options.definition import (
    Group,
    Section,
    adapter,
    items,
    mapping,
    number,
    switch,
    text,
)

# Markup that browsers would run, in any mix of cases; the text is parse-server's default.
BLOCKED_EXTENSIONS: Final = (
    r"^(?!([xXsS]?[hH][tT][mM][lL]?(\+[xX][mM][lL])?|[xX][hH][tT]|[sS][vV][gG]([zZ]|\+[xX][mM][lL])?"
    r"|[xX][mM][lL]|[xX][sS][lL][tT]?(\+[xX][mM][lL])?|[xX][sS][dD]|[rR][nN][gG]"
    r"|[rR][dD][fF](\+[xX][mM][lL])?|[oO][wW][lL]|[mM][aA][tT][hH][mM][lL](\+[xX][mM][lL])?)$)"
)

OWNER: Final = "owner"
PUBLIC: Final = "public"

FILE_UPLOAD: Final = Group(
    "FileUploadOptions",
    "PARSE_SERVER_FILE_UPLOAD",
    (
        text(
            "accessControl",
            "Files have ACLs. Who may read one whose upload gives none: `owner`, the user who"
            " uploads it, or `public`. Not in parse-server.",
            supported=True,
        ),
        items(
            "allowedFileUrlDomains",
            "Hosts that file URLs may name; `*.example.org` is every host below it.",
            ["*"],
            supported=True,
        ),
        switch("enableForAnonymousUser", "Anonymous users may upload.", False, supported=True),
        switch(
            "enableForAuthenticatedUser",
            "Users who are logged in may upload.",
            True,
            supported=True,
        ),
        switch("enableForPublic", "Anybody may upload.", False, supported=True),
        items(
            "fileExtensions",
            "Extensions or patterns that are taken; the default refuses markup.",
            [BLOCKED_EXTENSIONS],
            supported=True,
            production=True,
        ),
    ),
)

SIGNED_URLS: Final = Group(
    "SignedUrlsOptions",
    "PARSE_SERVER_FILE_DOWNLOAD_SIGNED_URLS",
    (
        number(
            "expiresIn",
            "Seconds after which an address opens nothing any more.",
            3600,
            supported=True,
        ),
        text(
            "key",
            "What signatures are made with; the master key if it is not set.",
            supported=True,
        ),
    ),
)

FILE_DOWNLOAD: Final = Group(
    "FileDownloadOptions",
    "PARSE_SERVER_FILE_DOWNLOAD",
    (
        switch("enableForAnonymousUser", "Anonymous users may download.", True, supported=True),
        switch(
            "enableForAuthenticatedUser",
            "Users who are logged in may download.",
            True,
            supported=True,
        ),
        switch("enableForPublic", "Anybody may download.", True, supported=True),
        mapping(
            "signedUrls",
            "Addresses of files expire, and files are read by such addresses only; `{}` for the"
            " defaults. Not in parse-server.",
            supported=True,
            members=SIGNED_URLS,
        ),
    ),
)

INSTALLATION: Final = Group(
    "InstallationOptions",
    "PARSE_SERVER_INSTALLATION",
    (
        text(
            "duplicateDeviceTokenAction",
            "What happens to a row with the same token: `delete`, or `update` to clear it there.",
            "delete",
            supported=True,
        ),
        switch(
            "duplicateDeviceTokenActionEnforceAuth",
            "Does so with the rights of the caller only.",
            False,
            supported=True,
        ),
        text(
            "duplicateDeviceTokenMergePriority",
            "Row that survives a merge: `deviceToken` or `installationId`.",
            "deviceToken",
            supported=True,
        ),
    ),
)

FILES: Final = Section(
    "Files",
    (
        adapter(
            "filesAdapter",
            "Where files are stored: `gridfs`, `folder`, `s3`, `gcs`, `azure` or an adapter of "
            "your own, with its settings in `options`; else with the database.",
            supported=True,
            production=True,
        ),
        mapping(
            "fileUpload",
            "Who may upload what.",
            {},
            production=True,
            environment="PARSE_SERVER_FILE_UPLOAD_OPTIONS",
            members=FILE_UPLOAD,
        ),
        mapping(
            "fileDownload",
            "Who may download.",
            {},
            environment="PARSE_SERVER_FILE_DOWNLOAD_OPTIONS",
            members=FILE_DOWNLOAD,
        ),
        switch(
            "preserveFileName", "Keeps file names without a random part.", False, supported=True
        ),
    ),
)

PUSH: Final = Section(
    "Push and installations",
    (
        mapping("push", "Credentials per platform, or a push adapter.", production=True),
        switch("scheduledPush", "Keeps pushes with a push_time for later.", False),
        mapping(
            "installation",
            "Device tokens that occur twice.",
            {},
            members=INSTALLATION,
            supported=True,
        ),
    ),
)
