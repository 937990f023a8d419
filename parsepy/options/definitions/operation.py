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
        adapter(
            "loggerAdapter",
            "What keeps log entries in place of files, as `package.module:Class`.",
            supported=True,
        ),
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
        text(
            "logsFolder",
            "Folder of log files. `parsepy serve` has `./logs`, an app within another application "
            "none; `null` is none.",
            supported=True,
            production=True,
        ),
        Option(
            Kind.NUMBER_OR_STRING,
            "maxLogFiles",
            "Log files of each kind to keep, or days as `14d`; all without it.",
            supported=True,
            production=True,
        ),
        switch(
            "jsonLogs",
            "One JSON object per line on the console too.",
            environment="JSON_LOGS",
            supported=True,
        ),
        switch("verbose", "The same as logLevel verbose.", environment="VERBOSE", supported=True),
        switch("silent", "Writes nothing to the console.", environment="SILENT", supported=True),
        adapter(
            "analyticsAdapter",
            "Where analytics events go: `builtin` counts them in the store (not in parse-server), a"
            " class of your own gets them.",
            supported=True,
        ),
    ),
)
