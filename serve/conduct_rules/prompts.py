"""What to consider, whether or not anything is suggested (settled point 13)."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import Offence, Section

from conduct_rules.case import CONDUCT, Case
from conduct_rules.suggestion import Prompt, PromptText
from conduct_rules.wording import wording


def _due(case: Case) -> Iterator[Prompt]:
    stalking = case.shown is Offence.STALKING
    if stalking and case.section is Section.S2A:
        yield Prompt.SEARCH_POWER_2B
    if stalking and case.record.recorded_on >= case.version.stalking_protection_orders_from:
        yield Prompt.STALKING_PROTECTION_ORDER
    if case.shown in CONDUCT:
        yield Prompt.DASH_AND_STALKING_QUESTIONS
        yield Prompt.SPECIALIST_SUPPORT
    if case.means and case.shown is not Offence.OTHER:
        yield Prompt.DIGITAL_EVIDENCE
    if case.reading.has("unsafe_advice"):
        yield Prompt.UNSAFE_ADVICE


def prompts(case: Case) -> tuple[PromptText, ...]:
    texts = wording()["prompts"]
    return tuple(PromptText(p, texts[p]["text"], texts[p]["source"]) for p in _due(case))
