"""A narrative's labels as a certain Reading: what a perfect reader would hand to the rules."""

from conduct_nlp.heads import classes
from conduct_nlp.reading import Finding, Quote, Reading
from conduct_nlp.text import word_count
from conduct_nlp.vocabulary import FIELDS, NOTHING, Qualifier, Stance, Witness

from conduct_training.corpus import Narrative, target


def gold_reading(narrative: Narrative) -> Reading:
    """Probability one for every label given, nought for every other."""
    choices, labels, chosen, present = {}, {}, {}, set()
    for field in FIELDS:
        if field.kind in ("flag", "many"):
            for value in field.values or (field.name,):
                on = target(narrative, field, value if field.values else None)
                labels[value] = float(on)
                present |= {value} if on else set()
        else:
            spread = {value: float(target(narrative, field, value)) for value in classes(field)}
            choices[field.name] = spread
            best = max(spread, key=spread.__getitem__)
            chosen[field.name] = None if best == NOTHING else best
    findings = tuple(_finding(narrative, label, quote) for label, quote in narrative.evidence.items())
    return Reading(choices, labels, chosen, frozenset(present), findings, word_count(narrative.text))


def _finding(narrative: Narrative, label: str, quote: str) -> Finding:
    start = narrative.text.index(quote)
    return Finding(label, 1.0, Quote(quote, start, start + len(quote)), Stance.FOR, Qualifier.ASSERTED, Witness.ENCODER)
