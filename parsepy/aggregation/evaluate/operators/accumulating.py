"""Accumulators that are expressions too: over a list, or over several operands."""

from typing import Final

from parsepy.aggregation.evaluate.accumulators import ACCUMULATORS, Maker
from parsepy.aggregation.evaluate.expressions import Operator
from parsepy.aggregation.evaluate.operators.operands import variadic
from parsepy.aggregation.evaluate.values import Value


def _over(name: str, make: Maker) -> Operator:
    def compute(given: list[Value]) -> Value:
        if len(given) == 1 and isinstance(given[0], list):
            given = [*given[0]]
        accumulator = make()
        for value in given:
            accumulator.add(value)
        return accumulator.result()

    return variadic(name, compute)


OPERATORS: Final[dict[str, Operator]] = {
    name: _over(name, ACCUMULATORS[name])
    for name in ("$sum", "$avg", "$min", "$max", "$stdDevPop", "$stdDevSamp")
}
