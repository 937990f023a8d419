"""Server options: the table of parse-server's names, how they are read, checked and typed."""

from parsepy.options.errors import OptionsError
from parsepy.options.load import LoadedOptions, load_options, resolve
from parsepy.options.model import RequestComplexity, ServerOptions
from parsepy.options.notices import Notice

__all__ = [
    "LoadedOptions",
    "Notice",
    "OptionsError",
    "RequestComplexity",
    "ServerOptions",
    "load_options",
    "resolve",
]
