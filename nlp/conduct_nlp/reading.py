"""What a narrative says: labels with calibrated probabilities, and the quotes that show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conduct_nlp.vocabulary import BY_NAME, Qualifier, Stance, Witness


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim piece of the narrative; `start` and `end` are character offsets into it as given."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in the narrative that speaks for or against one label."""

    label: str
    probability: float
    quote: Quote
    stance: Stance
    qualifier: Qualifier
    witness: Witness

    @property
    def asserted(self) -> bool:
        return self.qualifier is Qualifier.ASSERTED


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts read from one narrative. It knows nothing of what was recorded, nor of codes or dates of law.

    `choices` holds, for each single-choice or counted field, the probability of each value (they sum to one);
    `labels` the probability of each flag and of each value of a list field, alone.
    `present` names the flags and list values that pass their threshold, `chosen` the value taken for each choice.
    """

    choices: Mapping[str, Mapping[str, float]]
    labels: Mapping[str, float]
    chosen: Mapping[str, str | None]
    present: frozenset[str]
    findings: tuple[Finding, ...] = ()
    words: int = 0
    extra: Mapping[str, float] = field(default_factory=dict)

    def has(self, label: str) -> bool:
        """Whether a flag or list value is asserted by the text."""
        return label in self.present

    def values(self, name: str) -> list[str]:
        """The values present of the list field `name`, in the order of the guide."""
        return [value for value in BY_NAME[name].values if value in self.present]

    def choice(self, name: str) -> str | None:
        return self.chosen[name]

    def count(self, name: str) -> int:
        return int(self.chosen[name] or 0)

    def probability(self, label: str) -> float:
        return self.labels[label]

    def quotes(self, label: str, stance: Stance = Stance.FOR) -> list[Finding]:
        """Findings on `label` with this stance, most probable first, then in order of the text."""
        found = [f for f in self.findings if f.label == label and f.stance is stance]
        return sorted(found, key=lambda f: (-f.probability, f.quote.start))
