"""What the reader predicts: one head for each value of each field, and one for each kind of evidence in a clause."""

from dataclasses import dataclass

from conduct_nlp.vocabulary import FIELDS, NOTHING, Field

WITH_EVIDENCE = ("behaviours", "fixation", "s4a", "online")
"""List fields for which the corpus gives a quote for every value."""
SPAN_HEADS = ("occasions", "summarised", "fears", "told_to_stop", "breaches", "motive_person", "motive_dispute")
DECOY_HEADS = (
    "negated",
    "hypothetical",
    "earlier_case",
    "other_person",
    "lawful_or_wanted",
    "evidence_only",
    "opinion",
    "no_effect",
)


@dataclass(frozen=True, slots=True)
class Head:
    """One output: a flag or list value (`value` is None for a flag), or one class of a choice or count."""

    field: str
    value: str | None

    @property
    def name(self) -> str:
        return self.field if self.value is None else f"{self.field}={self.value}"


def classes(field: Field) -> tuple[str, ...]:
    """The classes of a choice or count, `null` last where it may be empty."""
    return field.values + ((NOTHING,) if field.optional else ())


def heads() -> tuple[Head, ...]:
    """All heads, in the order of the guide: the order of the model's columns."""
    found: list[Head] = []
    for field in FIELDS:
        if field.kind == "flag":
            found.append(Head(field.name, None))
        else:
            found += [Head(field.name, value) for value in classes(field)]
    return tuple(found)


def clause_heads() -> tuple[str, ...]:
    """Kinds of evidence scored in each clause."""
    quoted = tuple(v for f in FIELDS if f.name in WITH_EVIDENCE for v in f.values)
    return (*quoted, "course_of_conduct", "order", *SPAN_HEADS, *(f"decoy:{why}" for why in DECOY_HEADS))
