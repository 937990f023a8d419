"""`parsepy copy`."""

import asyncio
from typing import TYPE_CHECKING

import click

from parsepy.cli.failure import BadOptions, ending
from parsepy.cli.progress import FilesBar
from parsepy.options.database_uri import check_address, shown

if TYPE_CHECKING:
    from parsepy.copying.report import Report
    from parsepy.copying.run import Contents, Job


@click.command()
@click.argument("source")
@click.argument("target")
@click.option("--resume", is_flag=True, help="Continue or bring up to date an unfinished copy.")
@click.option("--verify-only", is_flag=True, help="Copy nothing, compare only.")
@click.option("--without-files", is_flag=True, help="Leave out the contents of files.")
@click.option("--source-prefix", default="", metavar="TEXT", help="collectionPrefix of SOURCE.")
@click.option("--target-prefix", default="", metavar="TEXT", help="collectionPrefix of TARGET.")
@click.pass_context
def copy(
    context: click.Context,
    /,
    source: str,
    target: str,
    resume: bool,
    verify_only: bool,
    without_files: bool,
    source_prefix: str,
    target_prefix: str,
) -> None:
    """Copies a whole app from one database to another and verifies the copy.

    SOURCE and TARGET are addresses as --database-uri takes them: sqlite:///file, mongodb://… Files
    that are kept with the database (GridFS, the folder beside SQLite) come along, encrypted ones as
    they are; to or from any other store takes parsepy files copy.

    \b
    Exit codes: 0 the copy is complete, 1 something differs or was left behind,
    2 it could not run, 130 it was interrupted (continue with --resume).
    """
    if resume and verify_only:
        raise BadOptions("--resume copies, --verify-only does not: choose one.")
    from parsepy.copying.places import Place
    from parsepy.copying.run import Job, Mode
    from parsepy.copying.run import copy as run
    from parsepy.copying.text import lines

    mode = Mode.VERIFY if verify_only else Mode.RESUME if resume else Mode.FRESH

    again = "Continue with --resume"
    left = None if verify_only else f"{again}."
    with ending("A store", interrupted=left, then=f"{again} when it does."):
        for uri in (source, target):
            check_address(uri)
        job = Job(Place(source, source_prefix), Place(target, target_prefix), mode)
        with FilesBar() as progress:
            contents = None if without_files else _contents(job, progress)
            report = asyncio.run(run(job, progress, contents))
    for line in lines(report, shown(source), shown(target), verified_only=verify_only):
        click.echo(line)
    context.exit(0 if report.is_complete else 1)


def _contents(job: "Job", progress: FilesBar) -> "Contents":
    """Files that differ in the target are nothing that this copy has stored: they are told."""
    from parsepy.cli.files.copy import counted
    from parsepy.cli.files.sides import options_of
    from parsepy.copying.run import Mode as JobMode
    from parsepy.files.copy.report import Outcome
    from parsepy.files.copy.run import Mode, Settings, copy_files

    mode = Mode.VERIFY if job.mode is JobMode.VERIFY else Mode.COPY
    sides = options_of(job.source.uri), options_of(job.target.uri)

    async def contents(report: "Report") -> None:
        found = await copy_files(*sides, Settings(mode), None, progress)
        report.contents += counted(found, mode)
        for name, reason in found.problems(*Outcome):
            report.note("Files", reason, name)

    return contents
