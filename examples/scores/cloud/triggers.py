"""Rules that hold whoever writes, and however."""

from parsepy import cloud
from parsepy.cloud import ACL, FindRequest, ParseError, Query, TriggerRequest, User

from .models import MODERATORS, GameScore, Player

HIGHEST = 1_000_000


@cloud.before_save(GameScore)
async def check_score(request: TriggerRequest[GameScore]) -> None:
    score = request.object
    if not 0 <= score.score <= HIGHEST:
        raise ParseError(142, f"A score is between 0 and {HIGHEST}.")
    if score.is_new() and isinstance(request.user, Player):
        score.player = request.user
        acl = ACL(request.user)
        acl.public_read = True
        acl.role(MODERATORS).write = True
        score.set_acl(acl)


@cloud.after_save(GameScore)
async def keep_best(request: TriggerRequest[GameScore]) -> None:
    score = request.object
    if request.original is None:
        player = await score.player.fetch(use_master_key=True)
        if score.score > (player.best_score or 0):
            player.best_score = score.score
            await player.save(use_master_key=True)


@cloud.before_find(GameScore)
def hide_flagged(request: FindRequest[GameScore]) -> None:
    if not request.master:
        request.query.not_equal_to("isFlagged", True)


@cloud.before_login
async def keep_out(request: TriggerRequest[User]) -> None:
    flagged = Query(GameScore).equal_to("player", request.object).equal_to("isFlagged", True)
    if await flagged.count(use_master_key=True) >= 3:
        raise ParseError(101, "This account is closed.")
