"""The one screen that a start prints."""

import textwrap
from collections.abc import Iterator
from typing import Final

from parsepy import __version__
from parsepy.cli.keys import KeptKeys
from parsepy.cli.launch import WILDCARDS, Launch, local_url
from parsepy.options.database_uri import is_mongodb, shown, sqlite_file
from parsepy.options.model import ServerOptions

_LABEL_WIDTH: Final = 20
_SHOWN_OF_SECRET: Final = 4
_SHORTEST_PARTLY_SHOWN: Final = 16


def banner(launch: Launch, options: ServerOptions, seconds: float) -> str:
    """URL, keys, store and warnings; secrets are masked, except for keys made just now."""
    lines = [f"parsepy {__version__} is ready after {seconds:.2f} s", ""]
    lines += [f"  {label:<{_LABEL_WIDTH}}{value}" for label, value in _facts(launch, options)]
    for warning in launch.warnings:
        lines += [
            "",
            *_wrapped("  Warning: ", warning.message),
            *_wrapped("           ", warning.fix),
        ]
    if launch.kept_keys is not None and launch.kept_keys.first_start:
        lines += ["", *_first_request(options)]
    return "\n".join(lines) + "\n"


def _facts(launch: Launch, options: ServerOptions) -> Iterator[tuple[str, str]]:
    yield "URL", local_url(options)
    if isinstance(options.public_server_url, str):
        yield "Public URL", options.public_server_url
    if options.host in WILDCARDS:
        yield "Listens on", f"{options.host}, all addresses of this machine"
    yield "Application id", options.app_id
    yield "Master key", _master_key(options.master_key, launch.kept_keys)
    for label, key in (
        ("Read-only master key", options.read_only_master_key),
        ("Maintenance key", options.maintenance_key),
    ):
        if key:
            yield label, masked(key)
    for label, key in (
        ("Client key", options.client_key),
        ("JavaScript key", options.javascript_key),
        ("REST API key", options.rest_api_key),
        (".NET key", options.dot_net_key),
    ):
        if key:
            yield label, key
    yield "Store", store(options.database_uri)
    if options.email_adapter == "console":
        yield "Mail", "shown here, sent nowhere"
    if options.cluster > 1:
        yield "Processes", str(options.cluster)


def _master_key(key: str, kept: KeptKeys | None) -> str:
    if kept is None:
        return masked(key)
    if kept.first_start:
        return f"{key}\n  {'':<{_LABEL_WIDTH}}shown this once; kept in {kept.file}"
    return f"{masked(key)} (in {kept.file})"


def masked(secret: str) -> str:
    """The beginning of a long secret, nothing of a short one."""
    shown = secret[:_SHOWN_OF_SECRET] if len(secret) >= _SHORTEST_PARTLY_SHOWN else ""
    return f"{shown}********"


def store(uri: str) -> str:
    """The store without the name and password that a URI may hold."""
    if is_mongodb(uri):
        return f"MongoDB at {shown(uri)}"
    file = sqlite_file(uri)
    return f"SQLite in {file}" if file is not None else "SQLite in memory; all is lost at the end"


def _first_request(options: ServerOptions) -> list[str]:
    return [
        "  Save a first object:",
        f'    curl -H "X-Parse-Application-Id: {options.app_id}" \\',
        """      -d '{"player":"Ada","score":1337}' \\""",
        f"      {local_url(options)}/classes/GameScore",
    ]


def _wrapped(prefix: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        width=96,
        initial_indent=prefix,
        subsequent_indent=" " * len(prefix),
        break_long_words=False,
        break_on_hyphens=False,
    )
