"""`parsepy doctor`."""

import asyncio
from pathlib import Path
from typing import Final

import click

from parsepy.cli.failure import ending
from parsepy.cli.progress import Bar
from parsepy.options.database_uri import check_database_uri, shown

_EMBEDDED: Final = Path("parse-data") / "parse.sqlite"
"""What `parsepy serve` uses when it is not told otherwise."""


@click.command()
@click.option(
    "--database-uri",
    envvar="PARSE_SERVER_DATABASE_URI",
    default=f"sqlite:///{_EMBEDDED}",
    metavar="TEXT",
    help=f"Default: PARSE_SERVER_DATABASE_URI, else sqlite:///{_EMBEDDED}.",
)
@click.option(
    "--collection-prefix",
    envvar="PARSE_SERVER_COLLECTION_PREFIX",
    default="",
    metavar="TEXT",
    help="As given to the server.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Look at N objects of each class, drawn at random, instead of all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(
    context: click.Context,
    /,
    database_uri: str,
    collection_prefix: str,
    sample: int | None,
    as_json: bool,
) -> None:
    """Examines a database of parse-server or parsepy. Changes nothing.

    \b
    Exit codes: 0 no errors (there may be warnings), 1 errors, 2 it could not run,
    130 it was interrupted.
    """
    from parsepy.doctor.run import examine_at
    from parsepy.doctor.text import as_json as json_of
    from parsepy.doctor.text import lines
    from parsepy.protocol.json import dumps

    with ending("The database", interrupted="--sample N takes less time."):
        check_database_uri(database_uri)
        with Bar() as progress:
            diagnosis = asyncio.run(examine_at(database_uri, collection_prefix, progress, sample))
    place = shown(database_uri)
    if as_json:
        click.echo(dumps(json_of(diagnosis, place)))
    else:
        for line in lines(diagnosis, place):
            click.echo(line)
    context.exit(1 if diagnosis.has_errors else 0)
