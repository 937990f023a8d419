"""Whatever clients do and whatever happens, in whatever order: everybody is told exactly what his
own finds before and after would have shown.

`PARSEPY_MACHINE_RUNS` sets how many lives are played.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from parsepy.types import JSONObject
from tests.livequery.live_world import CLIENTS, LiveWorld, Wanted
from tests.query import samples

RUNS: Final = int(os.environ.get("PARSEPY_MACHINE_RUNS", "15"))

places = st.integers(0, CLIENTS - 1)
requests = st.integers(1, 2)
users = st.integers(0, 1)
fields = st.lists(st.sampled_from(["text", "number", "list", "team"]), max_size=2, unique=True)
simple_wheres = st.sampled_from(
    [{}, {"number": {"$gt": 1}}, {"text": {"$in": ["a", "b"]}}, {"list": "a"}, {"flag": True}]
)
bodies = samples.bodies


class LiveMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = LiveWorld()

    def teardown(self) -> None:
        self.world.close()

    @rule(place=places, user=st.none() | users)
    def connect(self, place: int, user: int | None) -> None:
        self.world.run(self.world.connect(place, user))

    @rule(
        place=places,
        request=requests,
        where=samples.wheres | simple_wheres,
        keys=fields,
        watch=fields,
    )
    def subscribe(
        self, place: int, request: int, where: JSONObject, keys: list[str], watch: list[str]
    ) -> None:
        self.world.run(self.world.subscribe(place, request, Wanted(where, keys, watch)))

    @rule(place=places, request=requests)
    def unsubscribe(self, place: int, request: int) -> None:
        self.world.run(self.world.unsubscribe(place, request))

    @rule(body=bodies)
    def create(self, body: JSONObject) -> None:
        self.world.run(self.world.create(body))

    @precondition(lambda self: self.world.objects)
    @rule(place=st.integers(0, 5), body=bodies)
    def update(self, place: int, body: JSONObject) -> None:
        self.world.run(self.world.update(place, body))

    @precondition(lambda self: self.world.objects)
    @rule(place=st.integers(0, 5))
    def delete(self, place: int) -> None:
        self.world.run(self.world.delete(place))

    @rule(user=users, joins=st.booleans())
    def change_role(self, user: int, joins: bool) -> None:
        self.world.run(self.world.change_role(user, joins=joins))

    @rule(user=users)
    def log_out(self, user: int) -> None:
        self.world.run(self.world.log_out(user))


TestLiveMachine = LiveMachine.TestCase
TestLiveMachine.settings = settings(
    max_examples=RUNS,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
