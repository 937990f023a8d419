from tests.support.parsepy_stores import parsepy

__all__ = ["parsepy"]
