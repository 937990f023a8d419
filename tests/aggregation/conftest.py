"""Both stores, as the query language is tested on them."""

from tests.query.conftest import stores

__all__ = ["stores"]
