"""What is special about reading `_Audience`: a query for installations that has a name."""

from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.types import ParseObject


class AudienceRules(ClassRules):
    def present(self, ctx: RequestContext, document: ParseObject) -> None:
        """`lastUsed` is a bare text (observed)."""
        last_used = document.get("lastUsed")
        if isinstance(last_used, dict):
            document["lastUsed"] = last_used.get("iso")
