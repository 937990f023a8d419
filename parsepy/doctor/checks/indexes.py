"""Indexes that are missing, in the way, doubled or never used."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from parsepy.doctor.base import Examined, FoundIndex, Severity
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.options.load import load_options
from parsepy.schema.classes import ClassDefinition
from parsepy.schema.system_classes import CLOSED_CLASSES, is_join
from parsepy.storage.base import ID_INDEX
from parsepy.storage.wanted_indexes import wanted_indexes

CHECK: Final = "indexes"

LARGE: Final = 10_000
"""Objects from which on reading all of them in a request is noticed."""
_LONG: Final = timedelta(days=7)
_AUTH_DATA: Final = re.compile(r"_auth_data_\w+_id")
# What requests look for; parse-server makes no index for it.
_LOOKED_FOR: Final = {
    "_Session": (("_session_token", "sessionToken"), ("_p_user", "user")),
    "_Installation": (("installationId",), ("deviceToken",)),
}
_OF_JOINS: Final = (("owningId",), ("relatedId",))


async def check(
    database: Examined, definitions: Sequence[ClassDefinition], diagnosis: Diagnosis
) -> None:
    options = load_options({"appId": "examined", "masterKey": "never asked"}).options
    wanted = wanted_indexes(options, shared=database.shares_with_parse_server)
    recorded = {definition.name: definition.indexes for definition in definitions}
    for class_name in (name for name in diagnosis.sizes if name not in CLOSED_CLASSES):
        found = await database.indexes(class_name)
        own = [database.wanted(index) for index in wanted if index.class_name == class_name]
        for index in own:
            _check_wanted(class_name, index, found, diagnosis)
        names = {index.name for index in own}
        others = [index for index in found if index.name not in names and not _is_own(index)]
        for index in others:
            _check_redundant(class_name, index, found, diagnosis)
            _check_unused(class_name, index, diagnosis)
        if database.shares_with_parse_server:
            # The embedded store keeps some for the record only, and serves the rest by itself.
            _check_recorded(class_name, recorded.get(class_name, {}), found, diagnosis)
            _check_looked_for(class_name, found, diagnosis)


def _is_own(index: FoundIndex) -> bool:
    return index.name in ID_INDEX or _AUTH_DATA.fullmatch(index.name) is not None


def _check_wanted(
    class_name: str, wanted: FoundIndex, found: Sequence[FoundIndex], diagnosis: Diagnosis
) -> None:
    same_name = next((index for index in found if index.name == wanted.name), None)
    twin = next((index for index in found if _is_twin(index, wanted)), None)
    if same_name is None:
        if twin is None:
            _missing(class_name, wanted.name, diagnosis)
        else:
            _in_the_way(class_name, twin.name, wanted, diagnosis)
    elif same_name is not twin or same_name.expires != wanted.expires:
        _in_the_way(class_name, wanted.name, wanted, diagnosis)


def _is_twin(index: FoundIndex, wanted: FoundIndex) -> bool:
    """Whether MongoDB takes the one for the other, so that it refuses to make it as well."""
    return (
        list(index.key.items()) == list(wanted.key.items())
        and index.unique == wanted.unique
        and index.collation == wanted.collation
        and index.limits == wanted.limits
    )


def _missing(class_name: str, name: str, diagnosis: Diagnosis) -> None:
    diagnosis.find(
        CHECK,
        Severity.WARNING,
        class_name,
        f"the index {name} is missing",
        "The server makes it at its next start, unless values are duplicate.",
    )


def _in_the_way(class_name: str, name: str, wanted: FoundIndex, diagnosis: Diagnosis) -> None:
    # Servers make auth data indexes as far as they can; a conflict there stops none.
    severity = Severity.WARNING if _AUTH_DATA.fullmatch(wanted.name) else Severity.ERROR
    diagnosis.find(
        CHECK,
        severity,
        class_name,
        f"the index {name} is in the way of the server's own {wanted.name}",
        f"Drop {name}: the server makes its own at the next start, which now fails.",
    )


def _check_redundant(
    class_name: str, index: FoundIndex, found: Sequence[FoundIndex], diagnosis: Diagnosis
) -> None:
    if index.unique or not index.is_plain:
        return
    key = list(index.key.items())
    for other in found:
        longer = list(other.key.items())
        covers = other.is_plain and other.collation == index.collation
        if other is not index and covers and longer[: len(key)] == key:
            if longer == key and not other.unique and other.name > index.name:
                continue
            diagnosis.find(
                CHECK,
                Severity.WARNING,
                class_name,
                f"the index {index.name} is covered by {other.name}",
                f"Drop {index.name}: each write keeps it up to date for nothing.",
            )
            return


def _check_unused(class_name: str, index: FoundIndex, diagnosis: Diagnosis) -> None:
    if index.uses != 0 or index.unique:
        return
    long = _is_long_ago(index.since)
    diagnosis.find(
        CHECK,
        Severity.WARNING if long else Severity.NOTE,
        class_name,
        f"the index {index.name} has not been used since {index.since}",
        f"Drop {index.name} when no job needs it: each write keeps it up to date."
        if long
        else "Nothing to do: look again when the database has run for a week.",
    )


def _is_long_ago(iso: str) -> bool:
    return bool(iso) and datetime.now(UTC) - datetime.fromisoformat(iso) > _LONG


def _check_recorded(
    class_name: str,
    recorded: Mapping[str, object],
    found: Sequence[FoundIndex],
    diagnosis: Diagnosis,
) -> None:
    real = {index.name for index in found}
    for name in recorded:
        if name not in real and name not in ID_INDEX:
            diagnosis.find(
                CHECK,
                Severity.WARNING,
                class_name,
                f"the schema records the index {name}, which is not there",
                "Delete it through the schema API, then make it again if it is needed.",
            )


def _check_looked_for(class_name: str, found: Sequence[FoundIndex], diagnosis: Diagnosis) -> None:
    objects = diagnosis.sizes[class_name].objects
    if objects < LARGE:
        return
    first_columns = {next(iter(index.key), "") for index in found}
    for columns in _OF_JOINS if is_join(class_name) else _LOOKED_FOR.get(class_name, ()):
        if first_columns.isdisjoint(columns):
            diagnosis.find(
                CHECK,
                Severity.WARNING,
                class_name,
                f"no index serves {columns[-1]}, and there are {objects} objects",
                f"Make an index on {columns[0]}: requests read all objects without it.",
            )
