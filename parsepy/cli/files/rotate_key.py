"""`parsepy files rotate-key`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from parsepy.cli.failure import BadOptions, ending
from parsepy.cli.files.app_options import app_options, read
from parsepy.cli.progress import Bar
from parsepy.options.errors import OptionsError

if TYPE_CHECKING:
    from parsepy.files.rotation import Report
    from parsepy.options.model import ServerOptions

OLD_KEY: Final = "PARSEPY_OLD_FILE_KEY"


@click.command("rotate-key")
@app_options
@click.option(
    "--old-key",
    envvar=OLD_KEY,
    metavar="TEXT",
    help=f"The key until now; better in the variable {OLD_KEY}, which no list of processes shows.",
)
@click.option("--unencrypted", is_flag=True, help="The files have no key until now.")
@click.option("--list", "listed", is_flag=True, help="Print the names of all rotated files.")
@click.pass_context
def rotate_key(
    context: click.Context,
    /,
    config: Path | None,
    old_key: str | None,
    unencrypted: bool,
    listed: bool,
    **flags: str | None,
) -> None:
    """Encrypts stored files anew, from an old key or none to the configured one.

    The new key is fileKey, or encryptionKey among the options of a folder's filesAdapter, in CONFIG
    (a parse-server config.json) or PARSE_SERVER_* variables. A server reads with one key only: give
    it the new one when this is done, and expect 404 for files of the other key until then. An
    interrupted run is continued by running it again.

    \b
    Exit codes: 0 every file has the new key, 1 some could not be rotated, 2 it could not run,
    130 it was interrupted.
    """
    if (old_key is not None) is unencrypted:
        raise BadOptions(
            f"Name the old key with {OLD_KEY} or --old-key, or say --unencrypted if there is none."
        )
    with ending("The files", interrupted="Run this again to continue."):
        report = asyncio.run(_run(read(config, **flags), old_key))
    for line in _lines(report, listed=listed):
        click.echo(line)
    context.exit(0 if report.is_complete else 1)


async def _run(options: "ServerOptions", old_key: str | None) -> "Report":
    from parsepy.copying.places import Place
    from parsepy.files.encryption import key_of
    from parsepy.files.opening import open_unencrypted
    from parsepy.files.rotation import Rotation
    from parsepy.storage.opening import open_storage

    storage = open_storage(options)
    store, new_key = open_unencrypted(options, storage)
    if new_key is None:
        raise OptionsError(
            "There is no new key: set fileKey, or encryptionKey among the options of a folder's"
            " filesAdapter. Other stores have an encryption of their own."
        )
    if new_key == old_key:
        raise OptionsError("The old key is the new one: fileKey must be the new key already.")
    Place(options.database_uri, options.collection_prefix).check(must_exist=True)
    await storage.start()
    try:
        rotation = Rotation(store, None if old_key is None else key_of(old_key), key_of(new_key))
        with Bar() as progress:
            return await rotation.run(progress)
    finally:
        await store.close()
        await storage.close()


def _lines(report: "Report", *, listed: bool) -> Iterator[str]:
    from parsepy.files.rotation import Outcome

    names = report.names
    yield f"Files rotated to the new key: {len(names[Outcome.ROTATED])}"
    if listed:
        yield from (f"  {name}" for name in names[Outcome.ROTATED])
    if names[Outcome.ALREADY]:
        yield f"Files that had the new key already: {len(names[Outcome.ALREADY])}"
    if names[Outcome.GONE]:
        yield f"Files that were deleted meanwhile: {len(names[Outcome.GONE])}"
    if names[Outcome.NOT_ROTATED]:
        number = len(names[Outcome.NOT_ROTATED])
        yield f"Files NOT rotated, broken or with another key: {number}"
        yield from (f"! {name}" for name in names[Outcome.NOT_ROTATED])
