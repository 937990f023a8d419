"""Each subscriber is an open file, of the load generator and of the server."""

import resource


def allow_many() -> None:
    """As many as the system lets this process, and those that it starts, have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
