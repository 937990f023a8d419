"""Templates of pages: the part of Mustache that needs no code.

`{{name}}` (escaped), `{{{name}}}` and `{{&name}}` (as it is), `{{a.b}}`, `{{.}}`, sections
`{{#name}}…{{/name}}`, inverted ones `{{^name}}…{{/name}}`, comments `{{! … }}` and partials
`{{> file}}`. A name without a value is nothing. Templates are files of whoever runs the server;
what a client sent is only ever a value.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

_TAG: Final = re.compile(r"\{\{(?:\{([^{}]*)\}|([#^/&!>]?)(.*?))\}\}", re.DOTALL)
_ALONE: Final = re.compile(r"^[ \t]*(\{\{[#^/!>][^{}]*\}\})[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_ESCAPES: Final = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "/": "&#x2F;",
        "`": "&#x60;",
        "=": "&#x3D;",
    }
)
_DEEPEST_PARTIAL: Final = 5


@dataclass(frozen=True, slots=True)
class Text:
    """A value in which a client had a say. `markup` is what stands for it where a template asks
    for it as it is: with the client's part escaped all the same."""

    plain: str
    markup: str


class _Variable(NamedTuple):
    name: tuple[str, ...]
    escaped: bool


@dataclass(frozen=True, slots=True)
class _Section:
    name: tuple[str, ...]
    inverted: bool
    inside: "list[_Node]"


_Node: TypeAlias = "str | _Variable | _Section"
Template: TypeAlias = Sequence[_Node]
Values: TypeAlias = Mapping[str, object]
LoadPartial: TypeAlias = Callable[[str], str | None]
_Show: TypeAlias = Callable[[object, bool], str]


def parse(text: str, partial: LoadPartial | None = None) -> Template:
    """Never fails: a section that is not closed goes to the end. `partial` gives the text of
    another template, which is taken in at its place."""
    return _parse(text, partial, 0)


def render(template: Template, *values: Values) -> str:
    """The text of a page; of `values` later ones go before earlier ones."""
    return "".join(_rendered(template, values, _as_markup))


def render_plain(template: Template, *values: Values) -> str:
    """Without any escaping: for a text that is no markup, or is escaped as a whole."""
    return "".join(_rendered(template, values, _as_plain))


def escape(text: str) -> str:
    """Safe in markup and in attributes, quoted or not."""
    return text.translate(_ESCAPES)


def client_text(text: str) -> Text:
    return Text(text, escape(text))


def _parse(text: str, partial: LoadPartial | None, depth: int) -> list[_Node]:
    # A section's tag, a comment or a partial on a line of its own leaves no empty line.
    text = _ALONE.sub(r"\1", text)
    outermost: list[_Node] = []
    open_sections = [outermost]
    position = 0
    for tag in _TAG.finditer(text):
        nodes = open_sections[-1]
        nodes.append(text[position : tag.start()])
        position = tag.end()
        triple, sigil, name = tag.groups()
        match sigil:
            case None:
                nodes.append(_Variable(_path(triple), escaped=False))
            case "&":
                nodes.append(_Variable(_path(name), escaped=False))
            case "":
                nodes.append(_Variable(_path(name), escaped=True))
            case "#" | "^":
                section = _Section(_path(name), sigil == "^", [])
                nodes.append(section)
                open_sections.append(section.inside)
            case "/" if len(open_sections) > 1:
                open_sections.pop()
            case ">" if partial is not None and depth < _DEEPEST_PARTIAL:
                nodes += _parse(partial(name.strip()) or "", partial, depth + 1)
    open_sections[-1].append(text[position:])
    return outermost


def _path(name: str) -> tuple[str, ...]:
    stripped = name.strip()
    return () if stripped == "." else tuple(stripped.split("."))


def _rendered(template: Template, stack: Sequence[object], show: _Show) -> Iterator[str]:
    for node in template:
        if isinstance(node, str):
            yield node
        elif isinstance(node, _Variable):
            yield show(_value(node.name, stack), node.escaped)
        else:
            for inner in _stacks_inside(node, stack):
                yield from _rendered(node.inside, inner, show)


def _stacks_inside(section: _Section, stack: Sequence[object]) -> Iterator[Sequence[object]]:
    """What the names in a section are looked up in, each time that it is shown."""
    value = _value(section.name, stack)
    if section.inverted:
        if not _says_something(value):
            yield stack
    elif isinstance(value, list | tuple):
        yield from ([*stack, item] for item in value)
    elif _says_something(value):
        yield [*stack, value]


def _says_something(value: object) -> bool:
    return bool(value.plain) if isinstance(value, Text) else bool(value)


def _value(name: tuple[str, ...], stack: Sequence[object]) -> object:
    """Keys are data: only what a mapping holds is found, never an attribute."""
    if not name:
        return stack[-1]
    first, *rest = name
    for values in reversed(stack):
        if isinstance(values, Mapping) and first in values:
            value: object = values[first]
            for key in rest:
                value = value.get(key) if isinstance(value, Mapping) else None
            return value
    return None


def _as_markup(value: object, escaped: bool) -> str:
    if isinstance(value, Text):
        return escape(value.plain) if escaped else value.markup
    return escape(_text(value)) if escaped else _text(value)


def _as_plain(value: object, _escaped: bool) -> str:
    return value.plain if isinstance(value, Text) else _text(value)


def _text(value: object) -> str:
    """As JavaScript spells it, for what both languages have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
