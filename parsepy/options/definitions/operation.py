"""Cache, logging and analytics."""

from typing import Final

from parsepy.options.definition import (
    Group,
    Kind,
    Option,
    Section,
    adapter,
    mapping,
    number,
    switch,
    text,
)

LOG_LEVELS: Final = Group(
    "LogLevels",
    "PARSE_SERVER_LOG_LEVELS",
    (
        text("cloudFunctionError", "Level of a failed cloud function.", "error"),
        text("cloudFunctionSuccess", "Level of a finished cloud function.", "info"),
        text("signupUsernameTaken", "Level of a sign-up with a taken name.", "info"),
        text("triggerAfter", "Level of after-triggers.", "info"),
        text("triggerBeforeError", "Level of a failed before-trigger.", "error"),
        text("triggerBeforeSuccess", "Level of a finished before-trigger.", "info"),
    ),
)

OPERATION: Final = Section(
    "Cache, logging, analytics",
    (
        adapter("cacheAdapter", "Where sessions and roles are cached.", production=True),
        number(
            "cacheTTL",
            "Milliseconds for which an entry is used.",
            5000,
            supported=True,
        ),
        number("cacheMaxSize", "Most entries in memory.", 10000, supported=True),
        text(
            "redisUrl",
            "Redis that tells the processes of several hosts of each other's changes, and holds "
            "the counters of `rateLimit`. Not in parse-server.",
            supported=True,
            production=True,
        ),
        adapter("loggerAdapter", "Where log entries go."),
        text(
            "logLevel",
            "Least important entry written: error, warn, info, verbose, debug or silly.",
            supported=True,
            production=True,
        ),
        mapping(
            "logLevels",
            "Levels of single events; `silent` leaves one out.",
            {},
            members=LOG_LEVELS,
            supported=True,
        ),
        text("logsFolder", "Folder of log files.", "./logs"),
        Option(Kind.NUMBER_OR_STRING, "maxLogFiles", "Files to keep, or days as `14d`."),
        switch("jsonLogs", "One JSON object per line.", environment="JSON_LOGS"),
        switch("verbose", "The same as logLevel verbose.", environment="VERBOSE"),
        switch("silent", "Writes nothing to the console.", environment="SILENT"),
        adapter("analyticsAdapter", "Where analytics events go."),
    ),
)
