"""How high on the worklist: confidence times harm weight, raised by what the text shows. No risk assessment."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from conduct_nlp.vocabulary import Offence, Order, Section, Threat

from conduct_rules.case import CONDUCT, Case
from conduct_rules.suggestion import Kind, Proposal

FLAGS = frozenset({Kind.ADD_CYBER_FLAG, Kind.REVIEW_CYBER_FLAG, Kind.ADD_DA_FLAG})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("conduct_rules") / "priority.toml").read_text("utf-8"))


def harm(case: Case, proposal: Proposal) -> str:
    """The row of priority.toml that weighs this proposal."""
    if proposal.kind in FLAGS:
        return "flag"
    if proposal.suggested_section == Section.S4A and case.recorded_section is not Section.S4A:
        return "missed_4A"
    if proposal.suggested == Offence.STALKING:
        return "missed_stalking"
    if proposal.kind is Kind.RECORD_CRIME:
        return "crime_not_recorded"
    if proposal.suggested in CONDUCT and case.word not in CONDUCT:
        return "missed_conduct_crime"
    return "downward" if proposal.rests_on_silence else "other"


def priority(case: Case, proposal: Proposal) -> int:
    """0 to 100."""
    table, reading = _table(), case.reading
    score: float = 100 * proposal.confidence * table["weight"][harm(case, proposal)]
    shown = {
        "threat_of_death": reading.choice("gravest_threat") == Threat.DEATH_OR_SERIOUS_HARM,
        "weapon": reading.has("weapon"),
        "current_order": reading.choice("order") != Order.NONE,
        "self_harm": reading.has("self_harm"),
    }
    for fact, share in table["raise"].items():
        if shown[fact]:
            score += (100 - score) * share
    return min(100, round(score))
