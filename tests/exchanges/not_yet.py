"""The steps that cannot pass yet, by file, each with what it waits for.

A step leaves this list with the change that makes it pass: the test insists on that.
"""

PUSH = "push notifications"

NOT_YET: dict[str, dict[str, str]] = {
    "ios": {
        "Swift: push status header": PUSH,
    },
}
