"""Writes docs/options.md from the option table: `python -m parsepy.options.document FILE`."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from parsepy.options.catalogue import ENTRIES, SECTIONS, environment_name
from parsepy.options.definition import Group, Option
from parsepy.types import MISSING

_INTRODUCTION = """\
# Options

<!-- Made from the option table; write it anew with
     python -m parsepy.options.document docs/options.md -->

parsepy takes the options of parse-server 9.10.0 under the same names. It reads them, the first
place that names an option winning, from

1. flags of `parsepy serve`: `--master-key KEY`, or in parse-server's spelling `--masterKey KEY`;
2. the config file, `parsepy serve config.json`: `{"appId": …}` or `{"apps": [{"appId": …}]}`;
3. environment variables, as named below; an empty variable counts as unset;
4. the default.

`parsepy.create_app({"appId": …})` takes the same names from a mapping.

**Values as text.** A boolean is true for `true` and `1`, false for `false`, `0`, `no` and `off`;
any other word is an error (parse-server would take it for false). A number is the integer at the
beginning of the text. An array is separated by commas, or JSON. An object is JSON. Members of a
group have variables too; they go over the JSON in the variable of the group. parse-server itself
reads only those of the first level. Members of lists are given in the JSON of the list.

**Functions.** An option that may be a function takes the function itself from Python, and elsewhere
its name: `{"verifyUserEmails": "my_app.rules:has_to_confirm"}` is `has_to_confirm` in
`my_app/rules.py`. The package has to be on Python's path (installed, or below `PYTHONPATH`); the
start ends with the option's name where it is not found. A text without `:` is no such name.

**Faults.** A mistyped value ends the start with one line and exit code 2. An unknown option, and
one that is set but not supported yet, is named in a warning.

★ is usually set in production. ✓ is supported now.

## Differences to parse-server

| Where | parse-server | parsepy |
|---|---|---|
| `databaseURI` | MongoDB on localhost | embedded SQLite in `parse-data/parse.sqlite`; paths are \
`sqlite:///relative` or `sqlite:////absolute` |
| start without `appId` and `masterKey` | an error | random keys, kept in `keys.json` beside the \
database; then `host` is `127.0.0.1` and `allowClientClassCreation` is `true` unless you set them |
| `serverURL` | required when embedded | `http://localhost:<port><mountPath>` |
| a function as `masterKey` | called | not supported yet |
"""


def document() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for section in SECTIONS:
        parts += [f"\n## {section.title}\n", _table(section.options, "PARSE_SERVER")]
    for path, group in _groups():
        parts += [f"\n## {group.name}\n\nMembers of `{path}`.", _more(group), _table_of(group)]
    return "\n".join(part for part in parts if part) + "\n"


def _groups() -> Iterator[tuple[str, Group]]:
    for entry in ENTRIES:
        if entry.option.members is not None:
            yield entry.dotted + ("[]" if entry.option.repeated else ""), entry.option.members


def _more(group: Group) -> str:
    return "Other keys go to the MongoDB driver.\n" if group.extensible else ""


def _table_of(group: Group) -> str:
    return "\n" + _table(group.options, group.prefix)


def _table(options: Iterable[Option], prefix: str) -> str:
    rows = ["| | Option | Variable | Type | Default | Meaning |", "|---|---|---|---|---|---|"]
    rows += [_row(option, environment_name(prefix, option)) for option in options]
    return "\n".join(rows)


def _row(option: Option, variable: str) -> str:
    marks = ("★" if option.production else "") + ("✓" if option.supported else "")
    meaning = option.meaning + (" Required." if option.required else "")
    cells = (marks, f"`{option.name}`", f"`{variable}`", _type(option), _default(option), meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type(option: Option) -> str:
    if option.members is None:
        return option.kind.value
    return f"{option.kind.value}, see {option.members.name}"


def _default(option: Option) -> str:
    if option.default is MISSING:
        return "–"
    return f"`{json.dumps(option.default, ensure_ascii=False)}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
