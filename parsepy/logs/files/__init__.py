"""The log as files: one line of JSON for an entry, one file for a day."""

from parsepy.logs.files.store import LogFiles as LogFiles
