"""What clients call by `POST /functions/<name>`."""

from parsepy import cloud
from parsepy.cloud import FunctionRequest, Query, Role, Validator

from .models import MODERATORS, GameScore, Player

ONE_HOUR_MS = 60 * 60 * 1000


@cloud.function("leaderboard")
async def leaderboard(
    request: FunctionRequest, level: str, limit: int = 10
) -> list[dict[str, object]]:
    """The best of a level, with names, which clients may not ask for themselves."""
    query = Query(GameScore).equal_to("level", level).not_equal_to("isFlagged", True)
    best = query.descending("score").limit(limit).include("player")
    return [
        {"player": score.player.username, "score": score.score}
        for score in await best.find(use_master_key=True)
    ]


@cloud.function(
    "report",
    validator=Validator(
        require_user=True,
        rate_limit={"requestTimeWindow": ONE_HOUR_MS, "requestCount": 2, "zone": "user"},
    ),
)
async def report(request: FunctionRequest, score_id: str, reason: str) -> None:
    """Tells the moderators of a score."""
    score = await Query(GameScore).get(score_id)
    role = await Query(Role).equal_to("name", MODERATORS).first(use_master_key=True)
    if role is None:
        return
    moderators = await role.users.query().exists("email").find(use_master_key=True)
    for moderator in moderators:
        await cloud.send_email(
            to=moderator.email,
            subject=f"Score {score.score} was reported",
            text=f"Score {score.object_id}: {reason}",
        )


@cloud.function("flag", validator=Validator(require_any_user_roles=[MODERATORS]))
async def flag(request: FunctionRequest, score_id: str) -> None:
    """Takes a score off the leaderboard, and its player's best back to what is left."""
    async with cloud.transaction():
        score = await Query(GameScore).get(score_id, use_master_key=True)
        score.is_flagged = True
        await score.save(use_master_key=True)
        await _count_best_again(score.player)


async def _count_best_again(player: Player) -> None:
    counted = Query(GameScore).equal_to("player", player).not_equal_to("isFlagged", True)
    best = await counted.descending("score").first(use_master_key=True)
    player.best_score = None if best is None else best.score
    await player.save(use_master_key=True)
