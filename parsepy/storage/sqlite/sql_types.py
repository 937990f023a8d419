"""What goes into statements and comes out of them. (apsw names its types in stubs only.)"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import apsw

SQLValue: TypeAlias = "str | int | float | bytes | None"
Parameter: TypeAlias = "SQLValue | apsw.PyObjectBinding"
Rows: TypeAlias = Sequence[tuple[object, ...]]
