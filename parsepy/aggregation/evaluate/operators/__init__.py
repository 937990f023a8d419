"""The operators of expressions, by name: a closed table, nothing is looked up anywhere else."""

from typing import Final

from parsepy.aggregation.evaluate.expressions import Operator, Scope
from parsepy.aggregation.evaluate.operators import (
    accumulating,
    arithmetic,
    arrays,
    conditions,
    conversion,
    date_arithmetic,
    date_parts,
    date_texts,
    higher_order,
    objects,
    sets,
    strings,
)

OPERATORS: Final[dict[str, Operator]] = {
    **accumulating.OPERATORS,
    **arithmetic.OPERATORS,
    **arrays.OPERATORS,
    **conditions.OPERATORS,
    **conversion.OPERATORS,
    **date_arithmetic.OPERATORS,
    **date_parts.OPERATORS,
    **date_texts.OPERATORS,
    **higher_order.OPERATORS,
    **objects.OPERATORS,
    **sets.OPERATORS,
    **strings.OPERATORS,
}

UNSUPPORTED: Final = frozenset(
    (
        "$accumulator $acos $acosh $asin $asinh $atan $atan2 $atanh $binarySize $bitAnd $bitNot"
        " $bitOr $bitXor $bsonSize $cos $cosh $covariancePop $covarianceSamp $dateFromParts"
        " $dateToParts $degreesToRadians $denseRank $derivative $documentNumber $expMovingAvg"
        " $firstN $function $integral $lastN $linearFill $locf $maxN $median $meta $minN"
        " $percentile $radiansToDegrees $rand $rank $regexFind $regexFindAll $sampleRate"
        " $setField $shift $sin $sinh $tan $tanh $toDecimal $toHashedIndexKey $toObjectId"
        " $tsIncrement $tsSecond $unsetField"
    ).split()
)
"""What MongoDB has and this evaluator has not; `$function` and `$accumulator` run JavaScript."""

SCOPE: Final = Scope(OPERATORS, UNSUPPORTED)
"""What is in sight where a pipeline begins."""
