"""Facts in, suggestions out: tests/cases/facts.toml, and what every suggestion must carry."""

import tomllib
from datetime import timedelta
from typing import Any

import pytest
from conduct_nlp.vocabulary import Offence
from conduct_rules import Decision, Kind, Record, RecordType, RuleSettings, decide, offence_table
from conduct_rules.decide import SHORT
from conduct_rules.suggestion import promise_key

from tests.conftest import ROOT, TEXT, reading_of

CASES = tomllib.loads((ROOT / "tests" / "cases" / "facts.toml").read_text("utf-8"))["case"]
FLAG = {"Y": True, "N": False, "blank": None}
SETTINGS = RuleSettings(estimated=frozenset(promise_key(k, o) for k in Kind for o in Offence))


def record_of(case: dict[str, Any]) -> Record:
    cyber = FLAG.get(case.get("cyber", ""))
    return Record(
        crime_ref="R1",
        narrative=TEXT,
        record_type=RecordType(case.get("type", "crime")),
        recorded=offence_table().resolve(case["recorded"]) if "recorded" in case else None,
        recorded_on=case["on"],
        act_on=case.get("act", case["on"] - timedelta(days=1)),
        cyber_flag=cyber,
        has_cyber_flag="cyber" in case,
        da_flag=case.get("da"),
        has_da_flag="da" in case,
        outcome_code=case.get("outcome"),
        victim_age=case.get("victim_age"),
        suspect_age=case.get("suspect_age"),
    )


def decided(case: dict[str, Any]) -> Decision:
    reading = reading_of(*case["facts"], words=case.get("words", 80), **case["choices"])
    return decide(record_of(case), reading, SETTINGS)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case(case: dict[str, Any]) -> None:
    made = decided(case).suggestions
    assert [[str(s.kind), s.suggested, str(s.standing)] for s in made] == case["expected"]
    if "code" in case:
        assert made[0].suggested_code == case["code"]
    if "not_found" in case:
        assert list(made[0].not_found) == case["not_found"]


@pytest.mark.parametrize("case", [c for c in CASES if c["expected"]], ids=lambda c: c["name"])
def test_every_suggestion_says_why(case: dict[str, Any]) -> None:
    for s in decided(case).suggestions:
        assert s.evidence, "no quote"
        assert all(TEXT[e.start : e.end] == e.quote for e in s.evidence)
        assert "Test: " in s.rationale
        assert " is stalking" not in s.rationale.split("Test: ")[0]
        assert "charge" not in s.rationale.lower().replace("charge or conviction", "")
        assert s.rule.endswith(f"@{decided(case).rules_version}")
        assert 0 <= s.priority <= 100
        assert 0 < s.confidence <= 1


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_no_two_suggestions_exclude_each_other(case: dict[str, Any]) -> None:
    kinds = [(s.kind, s.victim) for s in decided(case).suggestions]
    assert kinds.count((Kind.RECLASSIFY, 1)) <= 1
    assert not ((Kind.RECLASSIFY, 1) in kinds and (Kind.CHANGE_SECTION, 1) in kinds)


def test_where_the_two_methods_disagree_everything_only_asks() -> None:
    case = next(c for c in CASES if c["name"].startswith("harassment that reads as 4A"))
    reading = reading_of("course_of_conduct", "threats", offence="stalking", section="2A", relationship="neighbour")
    made = decide(record_of(case), reading, SETTINGS)
    assert made.verdict.uncertain
    assert {str(s.standing) for s in made.suggestions} == {"ask"}


def test_a_kind_without_calibration_data_only_asks() -> None:
    case = CASES[0]
    reading = reading_of(*case["facts"], **case["choices"])
    (made,) = decide(record_of(case), reading, RuleSettings()).suggestions
    assert (str(made.promise), str(made.standing)) == ("rule_only", "ask")


def test_ids_are_the_same_night_after_night() -> None:
    first, second = decided(CASES[0]).suggestions[0], decided(CASES[0]).suggestions[0]
    assert first.suggestion_id == second.suggestion_id
    assert len(first.suggestion_id) == 16


def test_below_the_least_confidence_nothing_is_said() -> None:
    case = CASES[0]
    reading = reading_of(*case["facts"], **case["choices"])
    assert not decide(
        record_of(case), reading, RuleSettings(least_confidence={"reclassify:stalking": 0.99})
    ).suggestions


def test_short_is_what_the_contract_says() -> None:
    assert f"under {SHORT} words" in (ROOT / "docs" / "contract.md").read_text("utf-8")


def test_priority_is_confidence_times_harm_raised_by_what_the_text_shows() -> None:
    case = next(c for c in CASES if c["name"] == "2A that reads as 4A")
    plain = decided(case).suggestions[0]
    assert plain.priority == round(100 * plain.confidence)
    reading = reading_of(*case["facts"], "weapon", **case["choices"])
    armed = decide(record_of(case), reading, SETTINGS).suggestions[0]
    assert plain.priority < armed.priority <= 100
    flag = next(c for c in CASES if c["name"] == "online means and no flag")
    assert decided(flag).suggestions[0].priority < 20
