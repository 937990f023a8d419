"""What `$group` gathers: one object for each group and field."""

import math
from collections.abc import Callable, Hashable
from typing import Final, Protocol, TypeAlias, cast

from parsepy.aggregation.evaluate.values import (
    Value,
    bounded,
    bounded_list,
    fail,
    identity,
    is_nullish,
    is_number,
    is_object,
    or_null,
    order,
    type_name,
)
from parsepy.types import MISSING, JSONObject, JSONValue, Missing


class Accumulator(Protocol):
    def add(self, value: Value) -> None: ...

    def result(self) -> JSONValue: ...


Maker: TypeAlias = Callable[[], Accumulator]


class Sum:
    """Numbers alone count. Fractions are added with the error kept aside, as MongoDB does."""

    __slots__ = ("error", "fraction", "has_fraction", "whole")

    def __init__(self) -> None:
        self.whole = 0
        self.fraction = 0.0
        self.error = 0.0
        self.has_fraction = False

    def add(self, value: Value) -> None:
        if type(value) is int:
            self.whole += value
        elif type(value) is float:
            self.has_fraction = True
            total = self.fraction + value
            if abs(self.fraction) >= abs(value):
                self.error += (self.fraction - total) + value
            else:
                self.error += (value - total) + self.fraction
            self.fraction = total

    def total(self) -> float:
        if not math.isfinite(self.fraction):
            return self.fraction
        return math.fsum((self.whole, self.fraction, self.error))

    def result(self) -> JSONValue:
        return self.total() if self.has_fraction else bounded(self.whole)


class Average:
    __slots__ = ("count", "sum")

    def __init__(self) -> None:
        self.sum = Sum()
        self.count = 0

    def add(self, value: Value) -> None:
        if is_number(value):
            self.sum.add(value)
            self.count += 1

    def result(self) -> JSONValue:
        return self.sum.total() / self.count if self.count else None


class Extreme:
    """The least value for `sign` -1, the greatest for 1; null and nothing do not count."""

    __slots__ = ("sign", "value")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.value: Value = MISSING

    def add(self, value: Value) -> None:
        if is_nullish(value):
            return
        if self.value is MISSING or order(value, self.value) * self.sign > 0:
            self.value = value

    def result(self) -> JSONValue:
        return or_null(self.value)


class First:
    __slots__ = ("seen", "value")

    def __init__(self) -> None:
        self.seen = False
        self.value: JSONValue = None

    def add(self, value: Value) -> None:
        if not self.seen:
            self.seen, self.value = True, or_null(value)

    def result(self) -> JSONValue:
        return self.value


class Last:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: JSONValue = None

    def add(self, value: Value) -> None:
        self.value = or_null(value)

    def result(self) -> JSONValue:
        return self.value


class Push:
    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items: list[JSONValue] = []

    def add(self, value: Value) -> None:
        if not isinstance(value, Missing):
            self.items.append(value)

    def result(self) -> JSONValue:
        return bounded_list(self.items)


class AddToSet:
    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items: dict[Hashable, JSONValue] = {}

    def add(self, value: Value) -> None:
        if not isinstance(value, Missing):
            self.items.setdefault(identity(value), value)

    def result(self) -> JSONValue:
        return [*self.items.values()]


class Deviation:
    """Of the whole population, or of a sample of it; as it streams (Welford)."""

    __slots__ = ("count", "mean", "sample", "squares")

    def __init__(self, *, sample: bool) -> None:
        self.sample = sample
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0

    def add(self, value: Value) -> None:
        if not is_number(value):
            return
        number = cast("float", value)
        self.count += 1
        distance = number - self.mean
        self.mean += distance / self.count
        self.squares += distance * (number - self.mean)

    def result(self) -> JSONValue:
        divisor = self.count - self.sample
        return math.sqrt(self.squares / divisor) if divisor > 0 else None


class Merge:
    __slots__ = ("merged",)

    def __init__(self) -> None:
        self.merged: JSONObject = {}

    def add(self, value: Value) -> None:
        if is_nullish(value):
            return
        if not is_object(value):
            fail(
                f"$mergeObjects requires object inputs, but input {value} is of type"
                f" {type_name(value)}"
            )
        self.merged |= value

    def result(self) -> JSONValue:
        return self.merged


ACCUMULATORS: Final[dict[str, Maker]] = {
    "$sum": Sum,
    "$avg": Average,
    "$min": lambda: Extreme(-1),
    "$max": lambda: Extreme(1),
    "$first": First,
    "$last": Last,
    "$push": Push,
    "$addToSet": AddToSet,
    "$stdDevPop": lambda: Deviation(sample=False),
    "$stdDevSamp": lambda: Deviation(sample=True),
    "$mergeObjects": Merge,
}
