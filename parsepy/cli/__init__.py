"""The `parsepy` command."""
