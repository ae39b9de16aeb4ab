"""What a force may set: which flags are suggested, and the least confidence of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

FlagSetting = Literal["suggest", "ask", "off"]


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """`sms` and `calls` say what becomes of the cyber flag where texts, or telephone calls, are the only means.

    `least_confidence` holds, for each promise key (the kind, or `reclassify:<offence>`), the confidence below which
    nothing is said; it ships with the model, since it was chosen on that model's calibration texts.
    """

    sms: FlagSetting = "ask"
    calls: FlagSetting = "ask"
    least_confidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    guaranteed_from: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    estimated: frozenset[str] = frozenset()
    confidence: Mapping[str, Sequence[float]] = field(default_factory=lambda: MappingProxyType({}))
    """Promise key → (slope, weight of the two methods' agreement, offset): raw confidence to a calibrated one."""
