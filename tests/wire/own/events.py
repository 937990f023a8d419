"""The analytics adapter of the fixtures in compat_fixtures/events; events.cjs is the same for
parse-server."""

from parsepy.analytics.adapter import AnalyticsRequest
from parsepy.types import JSONObject


class Adapter:
    def app_opened(self, parameters: JSONObject, _request: AnalyticsRequest) -> JSONObject:
        return {"opened": parameters}

    async def track_event(
        self, name: str, parameters: JSONObject, _request: AnalyticsRequest
    ) -> JSONObject | None:
        if name == "fails":
            raise RuntimeError("on purpose")
        return None if name == "silent" else {"name": name, "parameters": parameters}


adapter = Adapter()
