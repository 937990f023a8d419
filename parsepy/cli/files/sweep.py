"""`parsepy files sweep`."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from parsepy.cli.failure import ending
from parsepy.cli.files.app_options import app_options, read
from parsepy.cli.progress import Bar

if TYPE_CHECKING:
    from parsepy.files.sweep.run import Report, Settings
    from parsepy.files.sweep.worklist import Listed, Worklist
    from parsepy.options.model import ServerOptions

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Age(click.ParamType):  # type: ignore[type-arg]
    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([0-9]{1,6})([smhd])", str(value), re.ASCII)
        if found is None:
            self.fail(f"{value!r} is no age such as 90m, 24h or 7d.", param, ctx)
        return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


@click.command()
@app_options
@click.option("--delete", is_flag=True, help="Delete what is found; else it is only counted.")
@click.option(
    "--older-than",
    type=Age(),
    default="24h",
    show_default=True,
    metavar="AGE",
    help="Leave what was stored since alone: its object may be about to be saved.",
)
@click.option("--all", "everything", is_flag=True, help="Delete even if nothing mentions any file.")
@click.option("--list", "listed", is_flag=True, help="Print the names of the files.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep there what is known when interrupted, and continue from it.",
)
@click.pass_context
def sweep(
    context: click.Context,
    /,
    config: Path | None,
    delete: bool,
    older_than: timedelta,
    everything: bool,
    listed: bool,
    state: Path | None,
    **flags: str | None,
) -> None:
    """Finds stored files that no object mentions, and what broken uploads have left.

    CONFIG is a parse-server config.json; PARSE_SERVER_* variables count too. Servers may run
    meanwhile.

    \b
    Exit codes: 0 nothing is left over, or all of it was deleted, 1 something was found,
    2 it could not run, 130 it was interrupted.
    """
    from parsepy.files.sweep.run import Settings

    settings = Settings(older_than, delete, everything)
    again = f"Continue with --state {state}." if state else "With --state it can be continued."
    with ending("The files", interrupted=again):
        report = asyncio.run(_run(read(config, **flags), settings, state, listed=listed))
    if state is not None:
        state.unlink(missing_ok=True)
    for line in _lines(report, settings):
        click.echo(line)
    context.exit(1 if report.has_findings and not delete else 0)


async def _run(
    options: "ServerOptions", settings: "Settings", state: Path | None, *, listed: bool
) -> "Report":
    from parsepy.copying.places import Place
    from parsepy.files.sweep.opening import opened
    from parsepy.files.sweep.run import Sweep
    from parsepy.files.sweep.worklist import Worklist

    place = Place(options.database_uri, options.collection_prefix).identity
    with Worklist(state) as worklist, Bar() as progress:
        async with opened(options) as swept:
            sweep = Sweep(swept.store, swept.referrers, worklist, settings, progress)
            report = await sweep.run(place)
        if listed:
            for file in _found(worklist, settings):
                click.echo(f"{file.name}\t{file.length}")
    return report


def _found(worklist: "Worklist", settings: "Settings") -> "Iterator[Listed]":
    from parsepy.files.sweep.worklist import Status

    return worklist.of(Status.DELETED if settings.delete else Status.UNMENTIONED)


def _lines(report: "Report", settings: "Settings") -> Iterator[str]:
    from parsepy.files.sweep.worklist import Status

    files, did = report.files, "deleted" if settings.delete else "found"
    for status, what in (
        (Status.MENTIONED, "mentioned by objects"),
        (Status.YOUNG, "too young to be looked for"),
        (Status.AGELESS, "left alone: nobody knows how old they are"),
    ):
        if files[status].number or status is Status.MENTIONED:
            yield f"Files {what}: {_amount(*files[status])}"
    orphans = files[Status.DELETED if settings.delete else Status.UNMENTIONED]
    yield f"Files that nothing mentions, {did}: {_amount(*orphans)}"
    if settings.delete and files[Status.UNMENTIONED].number:
        yield f"Stored anew meanwhile, left alone: {_amount(*files[Status.UNMENTIONED])}"
    hidden = report.hidden_leftovers
    if hidden is not None:
        yield f"Broken uploads, not looked for: {hidden}."
    if hidden is None or report.leftovers.number:
        yield f"Broken uploads, {did}: {_amount(*report.leftovers)}"
    if report.rows:
        yield f"ACLs of files that are gone, {did}: {report.rows}"
    if report.has_findings and not settings.delete:
        yield "Nothing was deleted: that takes --delete."


def _amount(number: int, size: int) -> str:
    from parsepy.doctor.text import readable

    return f"{number} ({readable(size)})" if number else "0"
