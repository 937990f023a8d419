"""Rewrites a PCRE pattern, as MongoDB and the SDKs use it, for the two engines of `query.regex`.

What the engines would read differently is spelled out for them: `\\Q…\\E`, extended patterns
(`x`), classes such as `\\s` and `[[:alpha:]]` (ASCII in PCRE, although case folds as in Unicode),
escapes of characters, anchors at line ends, `{` that is no quantifier.
"""

from parsepy.query.pcre.cursor import BadPattern
from parsepy.query.pcre.reader import tokenise
from parsepy.query.pcre.tokens import END, END_OR_NEWLINE, START, Token

__all__ = ["END", "END_OR_NEWLINE", "START", "BadPattern", "Token", "tokenise"]
