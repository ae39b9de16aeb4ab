"""Marked sentences: `<label>words</label>` is asserted, `<label qualifier>words</label>` is qualified so."""

import re

import pytest
from conduct_nlp.cues import SIGNALS, cues, is_guide_label, phrases
from conduct_nlp.text import clauses

SENTENCES = [
    "She has not been <threats negated>threatened</threats> but he keeps messaging her.",
    "No <threats negated>threats</threats> made.",
    "He <threats>threatened</threats> to burn the shed.",
    "She is worried he might <following hypothetical>follow her</following> home.",
    "He <following>followed her</following> from the bus stop.",
    "The <cyber_enabled evidence_only>Ring doorbell</cyber_enabled> recorded him.",
    "There is a <order>restraining order</order> in place.",
    "The order <order earlier>expired</order> in June.",
    "He got into her <email>gmail</email> account.",
    "He found her on <online_marketplace_or_dating>Tinder</online_marketplace_or_dating>.",
    "She has had a <serious_alarm_or_distress>panic attack</serious_alarm_or_distress>.",
    "Not only did he ring, he <following>followed her</following>.",
    "Advised to <unsafe_advice>change her number</unsafe_advice>.",
]
MARK = re.compile(r"<(\w+)(?: (\w+))?>(.*?)</\1>")


@pytest.mark.parametrize("marked", SENTENCES)
def test_marked_sentence(marked: str) -> None:
    text = MARK.sub(lambda m: m[3], marked)
    found = {(m.label, str(m.qualifier), text[m.start : m.end]) for m in cues().find(text, clauses(text))}
    for label, qualifier, words in MARK.findall(marked):
        matching = [f for f in found if f[0] == label and f[1] == (qualifier or "asserted")]
        assert any(words in f[2] or f[2] in words for f in matching), found


def test_a_qualifier_does_not_reach_into_the_next_sentence() -> None:
    text = "No injuries. He threatened her."
    threats = [m for m in cues().find(text, clauses(text)) if m.label == "threats"]
    assert [str(m.qualifier) for m in threats] == ["asserted"]


def test_patterns_expand_alternatives_endings_and_words_that_may_be_missing() -> None:
    assert set(phrases("a|b c? d*", {}, ["", "s"])) == {
        "a d",
        "a ds",
        "b d",
        "b ds",
        "a c d",
        "a c ds",
        "b c d",
        "b c ds",
    }


def test_signals_are_never_labels() -> None:
    assert not any(is_guide_label(signal) for signal in SIGNALS)
