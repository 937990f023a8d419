"""Regular expressions of clients: what PCRE does with them in MongoDB, without its danger.

A pattern comes from anybody, and a backtracking engine can be kept busy for years by thirty
characters. So patterns run in RE2, whose time is linear in the text. RE2 has no look-around, no
backreferences, no atomic groups and no repetition beyond 1000; `^(?!…)` is too common in apps to
refuse, and on MongoDB it works: such patterns run in the backtracking engine `regex`, each on an
account of processor time. A search earns 50 µs, at most 50 ms are saved up; a search that would
overdraw is stopped and the query fails with 102. So even a hostile pattern costs a bounded blink,
and then no more per text than a plain scan does.

Refused with 102, though PCRE has them: recursion, subroutines, conditions, verbs `(*…)`.
Plain texts (`^\\Qprefix\\E`, what SDKs send for "starts with" and "contains") need no engine.
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from time import thread_time
from typing import Final, TypeAlias

import re2  # type: ignore[import-untyped]

from parsepy import errors
from parsepy.query.pcre import END, END_OR_NEWLINE, START, BadPattern, Token, tokenise

Search: TypeAlias = Callable[[str], bool]

EARNED: Final = 50e-6
MOST_SAVED: Final = 50e-3
"""Seconds of processor time that a search earns, and that a pattern can have saved up."""

_LINEAR_MEMORY: Final = 2 << 20


class Pattern:
    """A compiled pattern; `search` may be called from any thread."""

    __slots__ = ("search",)

    def __init__(self, search: Search) -> None:
        self.search: Final = search
        """Whether the pattern matches anywhere in a text. Raises 102 when that costs too much."""


@lru_cache(maxsize=64)
def compile_pattern(pattern: str, options: str) -> Pattern:
    """The PCRE `pattern` with `options` out of `imsxu`. Raises 102."""
    try:
        tokens = tokenise(pattern, options)
        flags = "".join(flag for flag in "is" if flag in options)
        return Pattern(_plain(tokens, flags) or _linear(tokens, flags) or _costly(tokens, flags))
    except BadPattern as reason:
        raise errors.invalid_query(f"$regex is not a valid regular expression: {reason}") from None


def _plain(tokens: Sequence[Token], flags: str) -> Search | None:
    """The search for a plain text, if the pattern is one."""
    starts = bool(tokens) and tokens[0] is START
    end = tokens[-1] if tokens and tokens[-1] in (END, END_OR_NEWLINE) else None
    chars = [token.char for token in tokens[starts : len(tokens) - (end is not None)]]
    if "i" in flags or None in chars:
        return None
    text = "".join(char for char in chars if char is not None)
    return _plain_search(text, starts=starts, end=end)


def _plain_search(text: str, *, starts: bool, end: Token | None) -> Search:
    ends = (text, text + "\n") if end is END_OR_NEWLINE else (text,)
    if starts and end:
        return lambda subject: subject in ends
    if starts:
        return lambda subject: subject.startswith(text)
    if end:
        return lambda subject: subject.endswith(ends)
    return lambda subject: text in subject


def _linear(tokens: Sequence[Token], flags: str) -> Search | None:
    """The search by RE2, if it has all that the pattern needs."""
    pieces = [token.linear for token in tokens if token.linear is not None]
    if len(pieces) < len(tokens):
        return None
    try:
        compiled = re2.compile(_with_flags(flags) + "".join(pieces), _linear_options())
    except re2.error:
        return None
    # A text in bytes spares RE2's wrapper from counting the characters before a match.
    if not any(token.newline_sensitive for token in tokens):
        return lambda subject: compiled.search(subject.encode()) is not None
    costly = cache(lambda: _costly(tokens, flags))

    def search(subject: str) -> bool:
        if subject.endswith("\n"):
            return costly()(subject)
        return compiled.search(subject.encode()) is not None

    return search


def _linear_options() -> object:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _LINEAR_MEMORY
    return options


def _costly(tokens: Sequence[Token], flags: str) -> Search:
    """The search by backtracking, on account."""
    import regex

    # -f: one character never equals two (`ß` is not `ss`), as in PCRE.
    text = "(?-f)" + _with_flags(flags) + "".join(token.backtracking for token in tokens)
    try:
        compiled = regex.compile(text, regex.VERSION1, cache_pattern=False)
    except (regex.error, RecursionError, OverflowError) as error:
        raise BadPattern(getattr(error, "msg", "") or "it is too complex") from None
    saved = MOST_SAVED

    def search(subject: str) -> bool:
        nonlocal saved
        allowed = max(EARNED, min(saved + EARNED, MOST_SAVED))
        started = thread_time()
        try:
            while True:
                try:
                    return compiled.search(subject, timeout=allowed, concurrent=True) is not None
                except TimeoutError:
                    # The engine looks at the clock on the wall: it may be that another process
                    # had the processor meanwhile.
                    if thread_time() - started >= allowed / 2:
                        raise errors.invalid_query(
                            "$regex takes too much time, simplify it"
                        ) from None
        finally:
            saved = allowed - (thread_time() - started)

    return search


def _with_flags(flags: str) -> str:
    return f"(?{flags})" if flags else ""
