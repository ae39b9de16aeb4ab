"""Two methods, one verdict: the heads `offence` and `section` against the legal tests over the other facts."""

from dataclasses import dataclass

from conduct_nlp.reading import Reading
from conduct_nlp.vocabulary import Offence, Section

from conduct_rules.legal import derived_offence, section_for

SECTIONS = {Offence.STALKING: (Section.S2A, Section.S4A), Offence.HARASSMENT: (Section.S2, Section.S4)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` is the calibrated probability of `offence`, `section_confidence` that of `section` given it."""

    offence: Offence
    section: Section | None
    confidence: float
    section_confidence: float
    read: Offence
    derived: Offence
    section_agrees: bool

    @property
    def uncertain(self) -> bool:
        """The two methods disagree: every suggestion of the record only asks."""
        return self.read is not self.derived


def section_given(offence: Offence, reading: Reading) -> tuple[Section | None, float, bool]:
    """The section under `offence`, its probability given the offence, and whether limbs and head agree."""
    if offence not in SECTIONS:
        return None, 1.0, True
    lower, upper = SECTIONS[offence]
    by_head = reading.choices["section"]
    p_upper = by_head[upper] / max(by_head[lower] + by_head[upper], 1e-9)
    read = upper if p_upper >= 0.5 else lower
    derived = section_for(offence, reading)
    return read, max(p_upper, 1 - p_upper), read is derived


def verdict(reading: Reading) -> Verdict:
    """The offence both methods give, or else the likelier of the two by the calibrated head."""
    by_head = reading.choices["offence"]
    read = Offence(max(by_head, key=by_head.__getitem__))
    section, section_confidence, agrees = section_given(read, reading)
    return Verdict(read, section, by_head[read], section_confidence, read, derived_offence(reading), agrees)
