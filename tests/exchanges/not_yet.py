"""The steps that cannot pass yet, by file, each with what it waits for.

A step leaves this list with the change that makes it pass: the test insists on that.
"""

EVENTS = "analytics events"
PUSH = "push notifications"
LIVE_QUERY = "LiveQuery"

NOT_YET: dict[str, dict[str, str]] = {
    "android": {
        "app opened": EVENTS,
        "live query": LIVE_QUERY,
    },
    "dotnet": {
        "track event": EVENTS,
    },
    "flutter": {
        "live query": LIVE_QUERY,
    },
    "ios": {
        "iOS: live query": LIVE_QUERY,
        "Swift: push status header": PUSH,
        "Swift: live query": LIVE_QUERY,
    },
    "js": {
        "live query": LIVE_QUERY,
    },
}
