"""All rules of an app, and what they say to a request."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from parsepy.http import paths
from parsepy.http.answer import Headers
from parsepy.http.rate_limits.counters import Counters, MemoryCounters, Window
from parsepy.http.rate_limits.rule import Asking, Rule, rule_digest
from parsepy.options.build import rate_limit_rule
from parsepy.options.model import RateLimit
from parsepy.options.validation.rate_limit import check_rule
from parsepy.protocol import clock

_MILLISECONDS: Final = 1000


class Verdict(Struct, frozen=True):
    """`headers` tell the tightest rule; `refusal` is its text when it is exceeded."""

    headers: Headers
    refusal: str | None


class SubPath(Struct, frozen=True):
    """Where one sub-request of a batch goes."""

    method: str
    segments: list[str]


class RateLimits:
    def __init__(
        self, app_id: str, rules: Iterable[RateLimit], *, redis_url: str | None = None
    ) -> None:
        self._app_id = app_id
        self._redis_url = redis_url
        self._counters: dict[str | None, Counters] = {}
        self.rules: list[Rule] = []
        for rule in rules:
            self.rules.append(self._compiled(rule))

    def add(self, rule: Mapping[str, object]) -> Callable[[], None]:
        """Adds a rule under parse-server's names while the app runs; what is given back takes it
        away again. Raises `OptionsError`."""
        check_rule(rule)
        added = self._compiled(rate_limit_rule(rule))
        self.rules = [*self.rules, added]

        def remove() -> None:
            self.rules = [rule for rule in self.rules if rule is not added]

        return remove

    async def check(self, method: str, segments: list[str], asking: Asking) -> Verdict | None:
        """Counts a request; `None` where no rule counts it."""
        found = await self._count([SubPath(method, segments)], asking, ())
        if not found:
            return None
        rule, window = min(found, key=_remaining)
        exceeded = _remaining((rule, window)) < 0
        return Verdict(_headers(rule, window), rule.given.message if exceeded else None)

    async def check_batch(self, sub_paths: Sequence[SubPath], asking: Asking) -> str | None:
        """Counts the sub-requests of a batch, each as a request of its own method and as a POST;
        the text of a rule that is exceeded by them."""
        found = await self._count(sub_paths, asking, ("POST",))
        exceeded = [rule for rule, window in found if _remaining((rule, window)) < 0]
        return exceeded[0].given.message if exceeded else None

    def forget(self) -> None:
        """What this process has counted: for tests."""
        for counters in self._counters.values():
            counters.forget()

    async def close(self) -> None:
        for counters in self._counters.values():
            await counters.close()

    async def _count(
        self, sub_paths: Sequence[SubPath], asking: Asking, methods: tuple[str, ...]
    ) -> list[tuple[Rule, Window]]:
        hits: dict[tuple[Rule, str], int] = {}
        for sub_path in sub_paths:
            names = paths.names_of(sub_path.segments)
            both = (sub_path.method.upper(), *methods)
            # Who logs in does so without a session, even where a token came along.
            with_session = sub_path.segments[:1] != ["login"]
            for rule in self.rules:
                if rule.counts(names, both, asking):
                    account = rule, rule.key(asking, with_session=with_session)
                    hits[account] = hits.get(account, 0) + 1
        return [
            (rule, await rule.counters.count(key, number, rule.given.window / _MILLISECONDS))
            for (rule, key), number in hits.items()
        ]

    def _compiled(self, given: RateLimit) -> Rule:
        digest = rule_digest(given)
        twins = sum(rule.given == given for rule in self.rules)
        name = f"parsepy:{self._app_id}:rate:{digest}{f'.{twins}' if twins else ''}"
        return Rule(given, self._counters_for(given.redis_url or self._redis_url), name)

    def _counters_for(self, url: str | None) -> Counters:
        counters = self._counters.get(url)
        if counters is None:
            counters = self._counters[url] = _open(url)
        return counters


def _open(url: str | None) -> Counters:
    if url is None:
        return MemoryCounters()
    from parsepy.http.rate_limits.redis_counters import RedisCounters

    return RedisCounters(url)


def _remaining(counted: tuple[Rule, Window]) -> int:
    rule, window = counted
    return rule.given.count - window.used


def _headers(rule: Rule, window: Window) -> Headers:
    remaining = rule.given.count - window.used
    headers = [
        (b"X-RateLimit-Limit", b"%d" % rule.given.count),
        (b"X-RateLimit-Remaining", b"%d" % max(remaining, 0)),
        (b"X-RateLimit-Reset", b"%d" % math.ceil(clock.now_seconds() + window.left)),
    ]
    if remaining < 0:
        headers.append((b"Retry-After", b"%d" % max(math.ceil(window.left), 0)))
    return headers
