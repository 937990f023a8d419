"""The syntax of path patterns: `/users/:id`, `/functions/*path`, `/files{/:name}`.

`:name` is one segment, `*name` one or more, braces hold an optional part, a backslash takes the
next character literally. `( ) [ ] + ? !` are reserved.
"""

import re
from typing import Final

_RESERVED: Final = frozenset("()[]+?!")
_NAME: Final = re.compile(r'[^\W\d][\w$]*|\$[\w$]*|"(?:[^"\\]|\\.)+"')


def fault_in_path(path: str) -> str | None:
    """What is wrong with the pattern and where, or `None`."""
    position = open_braces = 0
    while position < len(path):
        character = path[position]
        if character in ":*":
            name = _NAME.match(path, position + 1)
            if name is None:
                return f"a parameter name is missing at {position + 1}"
            position = name.end()
            continue
        if character in _RESERVED:
            return f"{character} at {position} has to be escaped"
        if character == "\\":
            if position + 1 == len(path):
                return f"nothing follows the backslash at {position}"
            position += 1
        open_braces += (character == "{") - (character == "}")
        if open_braces < 0:
            return f"the brace at {position} was never opened"
        position += 1
    return "a brace is not closed" if open_braces else None
