"""The steps that cannot pass yet, by file, each with what it waits for.

A step leaves this list with the change that makes it pass: the test insists on that.
"""

RELATIONS = "queries on relations: $relatedTo, redirectClassNameForKey"
SUB_QUERIES = "queries within queries: $inQuery"
FILES = "upload, download and removal of files"
FUNCTIONS = "cloud functions"
TRIGGERS = "triggers of cloud code"
JOBS = "background jobs"
CONFIG = "the config of the app"
EVENTS = "analytics events"
PUSH = "push notifications"
LIVE_QUERY = "LiveQuery"

NOT_YET: dict[str, dict[str, str]] = {
    "android": {
        "relation query before the target class is known": RELATIONS,
        "upload file": FILES,
        "download file": FILES,
        "object pointing at the file": FILES,
        "cloud function": FUNCTIONS,
        "cloud function without result": FUNCTIONS,
        "cloud function that fails": FUNCTIONS,
        "config": CONFIG,
        "app opened": EVENTS,
        "live query": LIVE_QUERY,
    },
    "dotnet": {
        "relation query": RELATIONS,
        "upload file": FILES,
        "cloud function": FUNCTIONS,
        "cloud function returning types": FUNCTIONS,
        "cloud function that fails": FUNCTIONS,
        "config": CONFIG,
        "track event": EVENTS,
    },
    "flutter": {
        "relation query": RELATIONS,
        "upload file": FILES,
        "download file": FILES,
        "cloud function": FUNCTIONS,
        "cloud function that fails": FUNCTIONS,
        "config": CONFIG,
        "live query": LIVE_QUERY,
    },
    "ios": {
        "iOS: sub query": SUB_QUERIES,
        "iOS: upload file": FILES,
        "iOS: download file": FILES,
        "iOS: cloud function": FUNCTIONS,
        "iOS: cloud function returning an object": FUNCTIONS,
        "iOS: config": CONFIG,
        "iOS: live query": LIVE_QUERY,
        "Swift: upload file without type": FILES,
        "Swift: cloud function": FUNCTIONS,
        "Swift: push status header": PUSH,
        "Swift: live query": LIVE_QUERY,
    },
    "js": {
        "relation query": RELATIONS,
        "before save adds a field": TRIGGERS,
        "before save refuses": TRIGGERS,
        "upload file, base64": FILES,
        "upload file, stream": FILES,
        "download file": FILES,
        "delete file": FILES,
        "cloud function": FUNCTIONS,
        "cloud function without result": FUNCTIONS,
        "cloud function that fails": FUNCTIONS,
        "start job": JOBS,
        "save config": CONFIG,
        "read config": CONFIG,
        "live query": LIVE_QUERY,
    },
}
