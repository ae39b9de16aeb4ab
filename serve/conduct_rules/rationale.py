"""Why: the ten parts of the inspectors' model log entry (HMICFRS 2019, Annex C), each with its quotes."""

from collections.abc import Iterable, Iterator

from conduct_nlp.reading import Finding
from conduct_nlp.vocabulary import Fixation, Qualifier, Stance

from conduct_rules.case import Case
from conduct_rules.prompts import prompts
from conduct_rules.suggestion import Kind, Proposal, Standing
from conduct_rules.wording import label_name, value_name, wording

QUALIFIED = {
    Qualifier.ASSERTED: "",
    Qualifier.NEGATED: "denied or negated",
    Qualifier.HYPOTHETICAL: "only supposed",
    Qualifier.EARLIER: "of an earlier matter",
    Qualifier.OTHER_PERSON: "of somebody else",
    Qualifier.EVIDENCE_ONLY: "evidence only",
}
FOUR = {
    "fixated or obsessive": (
        Fixation.OBSESSIVE_ATTACHMENT,
        Fixation.NEW_ROUTES_WHEN_BLOCKED,
        "surveillance_or_tracking",
    ),
    "unwanted": (Fixation.PERSISTS_AFTER_TOLD_TO_STOP, "unwanted_communication", "loitering_or_turning_up"),
    "repeated": ("course_of_conduct", Fixation.HIGH_VOLUME),
}


def quoted(findings: Iterable[Finding], most: int = 1) -> str:
    return "; ".join(f'"{f.quote.text}"' for f in list(findings)[:most])


def _opening(case: Case, proposal: Proposal) -> str:
    same_section = proposal.kind is Kind.CHANGE_SECTION and proposal.recorded == proposal.suggested
    lead = wording()["opening"][proposal.kind].format(
        recorded=value_name(proposal.recorded),
        suggested=value_name(case.shown if proposal.rule == "former_partner" else proposal.suggested),
        victim=f" against a further victim (victim {proposal.victim})" if proposal.victim > 1 else "",
        code=f" under code {proposal.suggested_code}" if same_section else "",
    )
    if proposal.rule == "former_partner":
        lead += (
            " Between former partners that is presumed to be stalking, unless the registrar is satisfied that it is"
            " harassment in law only."
        )
    if proposal.standing is Standing.ASK and case.verdict.uncertain:
        lead += (
            f" The two methods disagree ({value_name(case.verdict.read)} by the reader,"
            f" {value_name(case.verdict.derived)} by the facts): this is a question, not advice."
        )
    if case.ages_assumed and (proposal.rule in ("former_partner", "personally_connected")):
        lead += " No ages are given: adults are assumed."
    return str(lead)


def _listed(case: Case, title: str, labels: Iterable[str]) -> Iterator[str]:
    present = [label for label in labels if case.reading.has(label) and case.reading.quotes(label)]
    if present:
        yield title
        for number, label in enumerate(present, 1):
            yield f"  {number}. {label_name(label)}: {quoted(case.reading.quotes(label))}"


def _four(case: Case) -> Iterator[str]:
    for name, labels in FOUR.items():
        found = next((label for label in labels if case.reading.has(label) and case.reading.quotes(label)), None)
        yield f"  {name}: " + (f"yes, {quoted(case.reading.quotes(found))}" if found else "not shown")


def _effect(case: Case) -> Iterator[str]:
    fears = case.reading.quotes("fear_of_violence") if case.reading.has("fear_of_violence") else []
    yield "Fear of violence: " + (quoted(fears, 2) if fears else "not shown on two occasions") + "."
    effects = [
        f
        for label in ("serious_alarm_or_distress", "substantial_adverse_effect")
        if case.reading.has(label)
        for f in case.reading.quotes(label)[:1]
    ]
    yield "Effect on the victim: " + (quoted(effects, 2) if effects else "none stated") + "."


def _against(case: Case, proposal: Proposal) -> Iterator[str]:
    against = [f for f in case.reading.findings if f.stance is Stance.AGAINST][:4]
    for f in against:
        yield f'  {label_name(f.label)}: "{f.quote.text}" ({QUALIFIED[f.qualifier] or "speaks against it"})'
    if proposal.not_found:
        yield "  looked for and not found: " + ", ".join(label_name(label) for label in proposal.not_found)


def _missing(case: Case) -> list[str]:
    texts = wording()["missing"]
    return [texts[label] for label in texts if label != "order" and not case.reading.has(label)]


def rationale(case: Case, proposal: Proposal) -> str:
    """The whole entry, in the order of Annex C; parts with nothing to say are left out."""
    rule, texts = case.version.rules[proposal.because], wording()
    lines = [_opening(case, proposal), f"Test: {rule.test} ({rule.citation})"]
    if proposal.rule != proposal.because:
        own = case.version.rules[proposal.rule]
        lines.append(f"Rule: {own.test} ({own.citation})")
    lines += _listed(case, "Direct behaviours:", texts["direct"]["labels"])
    lines += _listed(case, "Indirect behaviours:", texts["indirect"]["labels"])
    lines += _listed(case, "Means:", case.reading.values("online"))
    lines += ["Fixated, obsessive, unwanted, repeated:", *_four(case), *_effect(case)]
    if against := list(_against(case, proposal)):
        lines += ["What speaks against:", *against]
    if missing := _missing(case):
        lines.append("What would settle it: " + "; ".join(missing) + ".")
    if due := prompts(case):
        lines.append("To consider: " + " ".join(p.text for p in due))
    if case.reading.has("unsafe_advice") and (advice := case.reading.quotes("unsafe_advice")):
        lines.append(f"Unsafe advice recorded: {quoted(advice)}")
    return "\n".join(lines)
