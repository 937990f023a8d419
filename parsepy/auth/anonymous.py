"""Anonymous users: whoever knows the id (a UUID that the SDK draws) is the user."""

from parsepy.auth.base import ACCEPTED, AuthProvider, AuthRequest, Stage, Verdict
from parsepy.types import JSONObject


class AnonymousProvider(AuthProvider):
    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        """Knowing the id is the proof."""
        return ACCEPTED
