"""An app on each store."""

from tests.cloud.conftest import stored
from tests.support.local_app import parse

__all__ = ["parse", "stored"]
