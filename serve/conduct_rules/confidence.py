"""A rule's raw confidence → the probability that its suggestion is right (logistic, fitted on calibration texts)."""

import math
from collections.abc import Sequence

EDGE = 1e-4


def calibrated(raw: float, uncertain: bool, scaling: Sequence[float]) -> float:
    """`scaling` is (slope, weight of the two methods' agreement, offset)."""
    slope, agreement, offset = scaling
    raw = min(max(raw, EDGE), 1 - EDGE)
    return 1 / (1 + math.exp(-(slope * math.log(raw / (1 - raw)) + agreement * (not uncertain) + offset)))
