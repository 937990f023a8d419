"""The app's classes."""

from typing import Annotated, Final

from parsepy.cloud import Key, Object, User

MODERATORS: Final = "moderators"


class Player(User):
    """Stands for `_User`: every user in this app's code is one."""

    best_score: Annotated[int | None, Key("bestScore")]


class GameScore(Object, class_name="GameScore"):
    score: int
    level: str
    player: Player
    is_flagged: Annotated[bool, Key("isFlagged")] = False
