"""Files at S3 and what speaks its language, Google Cloud Storage or Azure, through obstore.

obstore is the extra `parsepy-server[objectstore]`; it is imported when an app asks for one of them.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Final

from parsepy.files.base import FileStore
from parsepy.files.objectstore.settings import Place
from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader

_NO_PREFIX: Final = ("bucketPrefix", "")


def open_object_store(kind: str, path: str, settings: Mapping[str, object]) -> FileStore:
    """`kind` is `s3`, `gcs` or `azure`; `path` is where the settings stand. Connects nowhere.

    Raises `OptionsError` for settings that cannot work, and without obstore.
    """
    if find_spec("obstore") is None:
        raise OptionsError(
            f"Option filesAdapter: {kind} needs obstore: pip install 'parsepy-server[objectstore]'."
        )
    from parsepy.files.objectstore.store import ObjectStoreFiles

    # npm's adapters show their default in their examples: no prefix.
    given = {name: value for name, value in settings.items() if (name, value) != _NO_PREFIX}
    return ObjectStoreFiles(_READERS[kind](OptionReader(path, given)))


def _s3(given: OptionReader) -> Place:
    from parsepy.files.objectstore.s3 import read_s3

    return read_s3(given)


def _gcs(given: OptionReader) -> Place:
    from parsepy.files.objectstore.gcs import read_gcs

    return read_gcs(given)


def _azure(given: OptionReader) -> Place:
    from parsepy.files.objectstore.azure import read_azure

    return read_azure(given)


_READERS: Final[Mapping[str, Callable[[OptionReader], Place]]] = {
    "s3": _s3,
    "gcs": _gcs,
    "azure": _azure,
}
