"""What runs beside the requests; `POST /jobs/<name>` with the master key starts it."""

from datetime import timedelta

from parsepy import cloud
from parsepy.cloud import JobRequest, Query

from .models import GameScore

KEPT = timedelta(days=90)


@cloud.job("tidy")
async def tidy(request: JobRequest) -> str:
    """Removes flagged scores that are old."""
    old = Query(GameScore).equal_to("isFlagged", True).less_than("createdAt", cloud.now() - KEPT)
    removed = 0
    async for score in old.each(use_master_key=True):
        await score.destroy(use_master_key=True)
        removed += 1
    return f"removed {removed}"
