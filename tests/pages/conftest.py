from tests.support.local_app import parse

__all__ = ["parse"]
