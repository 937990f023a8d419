"""The log that the options ask for."""

from pathlib import Path

from parsepy.logs.base import LogStore
from parsepy.logs.own import OPTION, OwnLog
from parsepy.logs.service import Logs
from parsepy.options.errors import OptionsError
from parsepy.options.functions import load_adapter
from parsepy.options.model import ServerOptions
from parsepy.telemetry.levels import LEVELS
from parsepy.telemetry.masking import Masker


def open_logs(options: ServerOptions) -> Logs:
    """Raises `OptionsError` for an adapter that cannot be one."""
    level = None if options.log_level == "silent" else LEVELS[options.log_level or "info"]
    store = None if level is None else _store(options)
    return Logs(level or 0, store, Masker(_keys(options)))


def _store(options: ServerOptions) -> LogStore | None:
    if options.logger_adapter is not None:
        return _own(options)
    if options.logs_folder is None:
        return None
    # Only an app that keeps files needs what they are made of.
    from parsepy.logs.files import LogFiles
    from parsepy.logs.files.keeping import read_keeping

    keeping = read_keeping(options.max_log_files)
    if keeping is None:
        raise OptionsError("Option maxLogFiles must be a number of files, or of days as '14d'.")
    return LogFiles(Path(options.logs_folder), keeping)


def _own(options: ServerOptions) -> LogStore:
    given = options.logger_adapter
    settings: dict[str, object] = {
        "logLevel": options.log_level or "info",
        "logsFolder": options.logs_folder,
        "maxLogFiles": options.max_log_files,
        "jsonLogs": options.json_logs,
        "silent": options.silent,
    }
    return OwnLog(load_adapter(OPTION, given, settings))


def _keys(options: ServerOptions) -> list[str]:
    given = (
        options.master_key,
        options.read_only_master_key,
        options.maintenance_key,
        options.webhook_key,
        options.file_key,
        options.client_key,
        options.javascript_key,
        options.rest_api_key,
        options.dot_net_key,
    )
    return [key for key in given if isinstance(key, str)]
