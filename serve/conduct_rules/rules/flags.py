"""Flags and outcomes."""

from collections.abc import Iterator

from conduct_nlp.vocabulary import MeansDetail, Online

from conduct_rules import legal
from conduct_rules.case import Case
from conduct_rules.settings import FlagSetting
from conduct_rules.suggestion import Kind, Proposal, Standing


def flag_word(flag: bool | None) -> str:
    return "blank" if flag is None else "Y" if flag else "N"


UNSETTLED = {
    Online.MESSAGING_APP_OR_TEXT: MeansDetail.SMS,
    Online.TRACKING_DEVICE_OR_SPYWARE: MeansDetail.TRACKER_PLAIN,
    Online.SMART_DEVICE_OR_PAYMENT_REFERENCE: MeansDetail.BANK_REFERENCE,
}
"""Means that no text of the rules settles, where the detail is the only one told (section 5)."""


def means_setting(case: Case) -> FlagSetting:
    """Texts, plain trackers or bank references as the only means are asked about; texts by the force's setting."""
    details = {MeansDetail(d) for d in case.reading.values("means_detail")}
    unsettled = {UNSETTLED.get(Online(means)) for means in case.means}
    if not details or None in unsettled or not details <= unsettled:
        return "suggest"
    return case.settings.sms if details == {MeansDetail.SMS} else "ask"


def cyber_flag_missing(case: Case) -> Iterator[Proposal]:
    """Online means are shown; the flag is not set. Texts or calls alone follow the force's setting."""
    calls = case.reading.has(Online.VOICE_CALLS_ONLY) and not case.cyber
    if case.record.cyber_flag or not case.record.has_cyber_flag or not (case.cyber or calls):
        return
    if not case.offence_shown or not case.record.is_crime:
        return  # no offence shown, no flag (settled point 8); an incident gets its flags when it is recorded as a crime
    setting = case.settings.calls if calls else means_setting(case)
    if setting == "off":
        return
    p = case.reading.probability(Online.VOICE_CALLS_ONLY if calls else "cyber_enabled")
    yield Proposal(
        kind=Kind.ADD_CYBER_FLAG,
        rule="cyber_means",
        recorded=flag_word(case.record.cyber_flag),
        suggested="Y",
        confidence=p,
        because="cyber_means",
        standing=Standing.ASK if calls else Standing(setting),
        rests_on=(Online.VOICE_CALLS_ONLY,) if calls else tuple(case.means),
        recorded_code=case.recorded_code,
    )


def cyber_flag_unfounded(case: Case) -> Iterator[Proposal]:
    """The flag is set; the text shows no online means."""
    if not case.record.cyber_flag or case.cyber or not case.offence_shown or not case.record.is_crime:
        return
    if case.reading.has(Online.VOICE_CALLS_ONLY):
        return  # calls are not settled: a flag set for them is left alone
    yield Proposal(
        kind=Kind.REVIEW_CYBER_FLAG,
        rule="no_cyber_means",
        recorded="Y",
        suggested="N",
        confidence=1 - case.reading.probability("cyber_enabled"),
        because="no_cyber_means",
        rests_on=case.conduct_rests_on,
        not_found=tuple(str(m) for m in Online if m is not Online.VOICE_CALLS_ONLY),
        recorded_code=case.recorded_code,
    )


def domestic_abuse_flag_missing(case: Case) -> Iterator[Proposal]:
    """Abusive behaviour between people personally connected, each 16 or over; the flag is not set."""
    if case.record.da_flag or not case.record.has_da_flag or not case.both_adult or not case.record.is_crime:
        return
    if not legal.is_personally_connected(case.reading) or not case.offence_shown:
        return
    connected = sum(case.reading.choices["relationship"][r] for r in legal.PERSONALLY_CONNECTED)
    yield Proposal(
        kind=Kind.ADD_DA_FLAG,
        rule="personally_connected",
        recorded=flag_word(case.record.da_flag),
        suggested="Y",
        confidence=connected,
        because="personally_connected",
        rests_on=("relationship", *case.conduct_rests_on),
        recorded_code=case.recorded_code,
    )


def outcome_without_suspect(case: Case) -> Iterator[Proposal]:
    """Outcome 18 (no suspect identified) though the text names or traces the suspect."""
    known = case.reading.choice("suspect_known")
    if (case.record.outcome_code or "").strip() != "18" or known == "unknown" or not case.offence_shown:
        return
    yield Proposal(
        kind=Kind.REVIEW_OUTCOME,
        rule="outcome_18",
        recorded="18",
        suggested="blank",
        confidence=1 - case.reading.choices["suspect_known"]["unknown"],
        because="outcome_18",
        standing=Standing.SUGGEST if known == "named" else Standing.ASK,
        rests_on=("suspect_known", *case.conduct_rests_on),
        recorded_code=case.recorded_code,
    )
