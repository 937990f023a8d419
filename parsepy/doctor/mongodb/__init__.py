"""A parse-server database."""
