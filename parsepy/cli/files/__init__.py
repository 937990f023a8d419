"""`parsepy files`: what a person does to the stored files of an app, one file for each command."""

import click

from parsepy.cli.files.copy import copy
from parsepy.cli.files.rotate_key import rotate_key
from parsepy.cli.files.sweep import sweep


@click.group()
def files() -> None:
    """Looks after an app's stored files."""


files.add_command(copy)
files.add_command(rotate_key)
files.add_command(sweep)
