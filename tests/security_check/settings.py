"""Options for the tests of this room."""

from parsepy.options.load import load_options
from parsepy.options.model import ServerOptions

REQUIRED = {"appId": "app", "masterKey": "master", "databaseURI": "sqlite::memory:"}


def options_with(**given: object) -> ServerOptions:
    """The options of an app; names are Parse's."""
    return load_options({**REQUIRED, **given}).options
