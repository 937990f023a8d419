"""What is no class, and has triggers all the same."""

from typing import Final

FILE_CLASS: Final = "@File"
CONFIG_CLASS: Final = "@Config"
CONNECT_CLASS: Final = "@Connect"
"""Connections to LiveQuery."""
