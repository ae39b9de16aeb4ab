"""The law: records in, suggestions out. Nothing else in the product knows it."""

from conduct_rules.acts import s2a3_acts
from conduct_rules.decide import Decision, decide
from conduct_rules.offences import RecordedOffence, UnknownOffence, offence_table
from conduct_rules.record import Record, RecordType
from conduct_rules.rulebook import Rulebook, rulebook
from conduct_rules.scope import out_of_scope
from conduct_rules.settings import RuleSettings
from conduct_rules.suggestion import Kind, Promise, Prompt, Standing, Suggestion

__all__ = [
    "Decision",
    "Kind",
    "Promise",
    "Prompt",
    "Record",
    "RecordType",
    "RecordedOffence",
    "RuleSettings",
    "Rulebook",
    "Standing",
    "Suggestion",
    "UnknownOffence",
    "decide",
    "offence_table",
    "out_of_scope",
    "rulebook",
    "s2a3_acts",
]
