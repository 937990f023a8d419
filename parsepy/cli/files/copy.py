"""`parsepy files copy`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from parsepy.cli.failure import BadOptions, ending
from parsepy.cli.progress import FilesBar

if TYPE_CHECKING:
    from parsepy.files.copy.report import Report
    from parsepy.files.copy.run import Mode, Settings
    from parsepy.options.model import ServerOptions

_COPIED: Final = {"copy": "copied", "count": "to be copied"}
_SAME: Final = {
    "copy": "that were there already",
    "verify": "that are the same",
    "count": "that are there already, by name and length",
}


@click.command()
@click.argument("source")
@click.argument("target")
@click.option("--overwrite", is_flag=True, help="Replace files of TARGET that differ.")
@click.option("--verify", is_flag=True, help="Copy nothing, read both sides and compare.")
@click.option("--dry-run", is_flag=True, help="Copy nothing, count files and bytes.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep there what was copied: the next run does not read it again.",
)
@click.pass_context
def copy(
    context: click.Context,
    /,
    source: str,
    target: str,
    overwrite: bool,
    verify: bool,
    dry_run: bool,
    state: Path | None,
) -> None:
    """Copies stored files from one store to another, under the same names.

    SOURCE and TARGET are each a parse-server config.json (filesAdapter, databaseURI, fileKey), or
    the address of a database that has the files. PARSE_SERVER_* variables count for neither. Keys
    of encrypted files are fileKey of the config, or PARSEPY_SOURCE_FILE_KEY and
    PARSEPY_TARGET_FILE_KEY; without keys, files are copied as they are, encrypted or not. Servers
    may run meanwhile. Run it again to continue, and for what was stored since.

    \b
    Exit codes: 0 TARGET has all files, 1 some are missing there or differ, 2 it could not run,
    130 it was interrupted.
    """
    if overwrite + verify + dry_run > 1:
        raise BadOptions("--overwrite copies, --verify and --dry-run do not: choose one.")
    from parsepy.cli.files.sides import read_sides
    from parsepy.files.copy.run import Mode, Settings

    mode = Mode.VERIFY if verify else Mode.COUNT if dry_run else Mode.COPY
    with ending("The files", interrupted="Run this again to continue."):
        sides = read_sides(source, target)
        report = asyncio.run(_run(*sides, Settings(mode, overwrite), state))
    for line in (*counted(report, mode), *_not_right(report, mode)):
        click.echo(line)
    context.exit(0 if _is_done(report, mode) else 1)


async def _run(
    source: "ServerOptions", target: "ServerOptions", settings: "Settings", state: Path | None
) -> "Report":
    from parsepy.files.copy.run import copy_files

    with FilesBar() as progress:
        return await copy_files(source, target, settings, state, progress)


def _is_done(report: "Report", mode: "Mode") -> bool:
    from parsepy.files.copy.report import Outcome
    from parsepy.files.copy.run import Mode

    is_left = mode is Mode.COUNT and report.sums[Outcome.COPIED].number > 0
    return report.is_complete and not is_left


def counted(report: "Report", mode: "Mode") -> Iterator[str]:
    """What is as it should be."""
    from parsepy.files.copy.report import Outcome
    from parsepy.files.copy.run import Mode

    sums = report.sums
    if mode is not Mode.VERIFY:
        yield f"Files {_COPIED[mode.value]}: {_amount(*sums[Outcome.COPIED])}"
    if sums[Outcome.SAME].number or mode is Mode.VERIFY:
        yield f"Files {_SAME[mode.value]}: {_amount(*sums[Outcome.SAME])}"
    if sums[Outcome.GONE].number:
        yield f"Files that were deleted at the source meanwhile: {sums[Outcome.GONE].number}"


def _not_right(report: "Report", mode: "Mode") -> Iterator[str]:
    """Every file that is not as it should be."""
    from parsepy.files.copy.report import Outcome
    from parsepy.files.copy.run import Mode

    sums = report.sums
    alone = ", which were left alone" if mode is Mode.COPY else ""
    for outcome, what in (
        (Outcome.MISSING, "MISSING in the target"),
        (Outcome.DIFFERENT, f"that DIFFER from those of the target{alone}"),
        (Outcome.FAILED, "NOT copied" if mode is Mode.COPY else "that could not be compared"),
    ):
        if sums[outcome].number:
            yield f"Files {what}: {_amount(*sums[outcome])}"
            yield from (f"! {name}: {reason}" for name, reason in report.problems(outcome))
    if sums[Outcome.DIFFERENT].number and mode is not Mode.VERIFY:
        yield "To have those of the source in the target, say --overwrite."


def _amount(number: int, size: int) -> str:
    from parsepy.doctor.text import readable

    return f"{number} ({readable(size)})" if number else "0"
