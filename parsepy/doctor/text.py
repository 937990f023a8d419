"""A diagnosis for people and for programmes."""

import textwrap
from collections.abc import Iterator
from typing import Final

from parsepy.doctor.base import Finding, Severity
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.types import JSONObject, JSONValue

_WIDTH: Final = 96
_UNITS: Final = ("B", "KB", "MB", "GB", "TB")


def lines(diagnosis: Diagnosis, place: str) -> Iterator[str]:
    """`place` is an address fit to be shown."""
    yield f"{diagnosis.description}, {place}"
    yield ""
    width = max([5, *map(len, diagnosis.sizes)])
    yield f"{'Class':<{width}} {'Objects':>10} {'Size':>9} {'Checked':>9}"
    for name, size in diagnosis.sizes.items():
        checked = diagnosis.looked_at.get(name)
        shown = "" if checked is None else str(checked)
        yield f"{name:<{width}} {size.objects:>10} {readable(size.bytes):>9} {shown:>9}".rstrip()
    if diagnosis.files is not None:
        yield f"Files: {diagnosis.files.objects}, {readable(diagnosis.files.bytes)}"
    for finding in diagnosis.findings:
        yield ""
        yield from _finding_lines(finding)
    yield ""
    yield _conclusion(diagnosis)


def as_json(diagnosis: Diagnosis, place: str) -> JSONObject:
    files = diagnosis.files
    return {
        "database": place,
        "server": diagnosis.description,
        "classes": {
            name: {
                "objects": size.objects,
                "bytes": size.bytes,
                "checked": diagnosis.looked_at.get(name),
            }
            for name, size in diagnosis.sizes.items()
        },
        "files": None if files is None else {"count": files.objects, "bytes": files.bytes},
        "findings": [_finding_json(finding) for finding in diagnosis.findings],
        "errors": diagnosis.count(Severity.ERROR),
        "warnings": diagnosis.count(Severity.WARNING),
    }


def readable(number: int) -> str:
    """`1536` → `1.5 KB`."""
    size, unit = float(number), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{number} B"


def _finding_lines(finding: Finding) -> Iterator[str]:
    where = f"{finding.class_name}: " if finding.class_name else ""
    number = f" ({finding.count})" if finding.object_ids else ""
    yield f"{finding.severity.value.upper()} {where}{finding.message}{number}"
    if finding.object_ids:
        more = ", …" if finding.count > len(finding.object_ids) else ""
        yield f"  {', '.join(finding.object_ids)}{more}"
    yield from textwrap.wrap(
        finding.advice, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )


def _finding_json(finding: Finding) -> JSONObject:
    ids: list[JSONValue] = [*finding.object_ids]
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "class": finding.class_name or None,
        "message": finding.message,
        "advice": finding.advice,
        "count": finding.count,
        "objectIds": ids,
    }


def _conclusion(diagnosis: Diagnosis) -> str:
    errors, warnings = diagnosis.count(Severity.ERROR), diagnosis.count(Severity.WARNING)
    if not errors and not warnings:
        return "Nothing is wrong."
    return f"{errors} {_plural('error', errors)}, {warnings} {_plural('warning', warnings)}."


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
