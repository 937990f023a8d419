"""`parsepy copy`."""

import asyncio

import click

from parsepy.cli.failure import INTERRUPTED, BadOptions, cannot_run
from parsepy.cli.progress import Bar
from parsepy.errors import ParseError
from parsepy.options.database_uri import check_database_uri, shown
from parsepy.options.errors import OptionsError


@click.command()
@click.argument("source")
@click.argument("target")
@click.option("--resume", is_flag=True, help="Continue or bring up to date an unfinished copy.")
@click.option("--verify-only", is_flag=True, help="Copy nothing, compare only.")
@click.option("--without-files", is_flag=True, help="Do not miss the contents of files.")
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

    SOURCE and TARGET are addresses as --database-uri takes them: sqlite:///file, mongodb://…

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

    try:
        for uri in (source, target):
            check_database_uri(uri)
        job = Job(Place(source, source_prefix), Place(target, target_prefix), mode, without_files)
        with Bar() as progress:
            report = asyncio.run(run(job, progress))
    except OptionsError as error:
        raise BadOptions(str(error).replace("Option databaseURI", "An address")) from None
    except ParseError as error:
        raise cannot_run(error, "Continue with --resume when it does.") from None
    except KeyboardInterrupt:
        if not verify_only:
            click.echo("Interrupted. Continue with --resume.", err=True)
        context.exit(INTERRUPTED)
    for line in lines(report, shown(source), shown(target), verified_only=verify_only):
        click.echo(line)
    context.exit(0 if report.is_complete else 1)
