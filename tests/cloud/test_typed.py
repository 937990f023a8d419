"""Classes of an app's own: fields as attributes, and objects made as them."""

from typing import Annotated, Any, ClassVar

import pytest

from parsepy.cloud import Key, Object, Query
from parsepy.cloud.loading import into
from parsepy.cloud.registry import Registry
from parsepy.cloud.typed import FieldAttribute
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


class GameScore(Object, class_name="Score"):
    score: int
    player: "str | None"
    is_final: Annotated[bool, Key("isFinal")] = False
    LIMIT: ClassVar[int] = 5
    _private: int = 3

    def double(self) -> int:
        return self.score * 2


class Plain(Object):
    n: int


def test_fields_are_attributes() -> None:
    score = GameScore(score=3, player="Ada")
    score.is_final = True

    assert (score.class_name, score.score, score.player) == ("Score", 3, "Ada")
    assert score.ops == {"score": 3, "player": "Ada", "isFinal": True}
    assert score.double() == 6
    del score.player
    assert score.player is None
    assert isinstance(vars(GameScore)["score"], FieldAttribute)
    assert (GameScore.LIMIT, GameScore._private) == (5, 3)


def test_a_field_without_a_value_has_its_default() -> None:
    assert GameScore().is_final is False
    assert GameScore(None, "x", {"isFinal": True}).is_final is True


def test_a_class_without_another_name_has_its_own() -> None:
    assert Plain(n=1).class_name == "Plain"


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="no field points"):
        GameScore(points=1)
    with pytest.raises(TypeError, match="name of its class"):
        Object()


async def test_objects_are_made_as_the_class_that_the_app_has(stored: LocalApp) -> None:
    seen: list[Any] = []
    stored.app.registry.add_class(GameScore)

    @stored.app.registry.before_save("Score")
    def check(request: Any) -> None:
        seen.append(request.object)
        request.object.score += 1

    with stored.app.cloud_code():
        saved = await GameScore(score=1).save()
        holder = await Object("Holder").save({"best": saved})
        found = await Query(GameScore).equal_to("score", 2).find()
        pointed = (await Object.without_data(str(holder.object_id), "Holder").fetch())["best"]

    assert (type(saved), saved.score) == (GameScore, 2)
    assert [type(one) for one in (seen[0], found[0], pointed)] == [GameScore] * 3
    assert found[0].double() == 4


def test_a_class_defined_while_code_is_loaded_belongs_to_that_app() -> None:
    registry = Registry()
    with into(registry):

        class Loaded(Object):
            n: int

    class Later(Object):
        n: int

    assert registry.classes == {"Loaded": Loaded}


async def test_a_query_for_a_class_gives_objects_of_it_also_where_no_app_has_it(
    parse: LocalApp,
) -> None:
    with parse.app.cloud_code():
        await GameScore(score=1).save()
        found = await Query.any_of(Query(GameScore), Query(GameScore).equal_to("score", 9)).find()

    assert [type(one) for one in found] == [GameScore]
