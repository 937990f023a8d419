"""A place in the text of a pattern."""

import msgspec


class BadPattern(ValueError):
    """Not a regular expression, or one with a construct that no engine here has."""


class Cursor(msgspec.Struct):
    pattern: str
    at: int = 0

    @property
    def ended(self) -> bool:
        return self.at >= len(self.pattern)

    def take(self) -> str:
        """The next character. Raises `BadPattern` at the end."""
        if self.ended:
            raise BadPattern("it ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def comes(self, *texts: str) -> bool:
        return self.pattern.startswith(texts, self.at)

    def skip(self, text: str) -> bool:
        """Whether `text` came next; then it is behind."""
        if not self.comes(text):
            return False
        self.at += len(text)
        return True

    def until(self, end: str) -> str:
        """What stands before `end`, which is behind then. Raises `BadPattern` without one."""
        found = self.pattern.find(end, self.at)
        if found < 0:
            raise BadPattern(f"{end} is missing")
        text = self.pattern[self.at : found]
        self.at = found + len(end)
        return text

    def until_or_rest(self, end: str) -> str:
        found = self.pattern.find(end, self.at)
        if found >= 0:
            return self.until(end)
        rest, self.at = self.pattern[self.at :], len(self.pattern)
        return rest

    def run_of(self, allowed: str, most: int) -> str:
        """Up to `most` characters out of `allowed`."""
        start = self.at
        while self.at - start < most and not self.ended and self.pattern[self.at] in allowed:
            self.at += 1
        return self.pattern[start : self.at]
