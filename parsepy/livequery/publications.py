"""What a server tells the others of a change."""

from dataclasses import dataclass

from parsepy.types import ParseObject


@dataclass(frozen=True, slots=True)
class Publication:
    """An object as it is stored now, and before; nothing in either may be changed.

    `original` is `None` where there was none, and of a `deleted` object, which `current` is.
    """

    class_name: str
    current: ParseObject
    original: ParseObject | None
    deleted: bool = False
