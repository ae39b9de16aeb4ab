"""Another dress, the same facts: labels stay, and every quote is cut from the changed text."""

from random import Random

import pytest
from conduct_training.augment import CHANGES, Edit, applied, augmented
from conduct_training.check import faults
from conduct_training.corpus import Narrative, narratives

from tests.conftest import CORPUS

SOME = list(narratives(CORPUS, ["train"]))[::23]


def changed_alone(text: str, quote: str, edits: list[Edit]) -> str:
    """The quote after the edits inside it, found without any arithmetic of offsets: letter by letter."""
    start, end = text.index(quote), text.index(quote) + len(quote)
    letters = dict(enumerate(text))
    for edit in edits:
        if start <= edit.start and edit.end <= end and edit.end > edit.start:
            letters |= dict.fromkeys(range(edit.start, edit.end), "") | {edit.start: edit.text}
    return "".join(letters[i] for i in range(start, end))


@pytest.mark.parametrize("change", CHANGES)
def test_labels_hold_and_quotes_are_cut_where_they_stood(change: str) -> None:
    altered = 0
    for n in SOME:
        edits = CHANGES[change](n.text, Random(7))
        after = applied(n, edits)
        altered += after.text != n.text
        assert faults(after) == []
        assert after.labels == n.labels
        if change != "casing":  # all other changes are small: those across a quote's end are left out
            bounds = {at for q in n.quotes for at in (n.text.index(q), n.text.index(q) + len(q))}
            made = [e for e in edits if len(e.text) == e.end - e.start or not any(e.start < b < e.end for b in bounds)]
            for before, now in zip(n.quotes, after.quotes, strict=True):
                if not any(e.start < b < e.end for e in made for b in bounds):
                    assert now == changed_alone(n.text, before, made), n.id
    assert altered


def test_every_text_is_altered() -> None:
    assert [n.id for n in SOME if augmented(n).text == n.text] == []


@pytest.mark.parametrize("text", ["Sent from an IP address in Leeds.", "IP log shows it.", "He doesn't know why."])
def test_what_has_another_sense_is_left(text: str) -> None:
    n = short(text, text)
    for seed in range(40):
        assert "injured party address" not in augmented(n, ["abbreviations"], seed).text
        assert "injured party log" not in augmented(n, ["abbreviations"], seed).text
        assert "n't" in augmented(n, ["slips"], seed).text or "n't" not in text


def test_the_same_seed_gives_the_same_text() -> None:
    assert [augmented(n, seed=3) for n in SOME] == [augmented(n, seed=3) for n in SOME]
    assert any(augmented(n, seed=3).text != augmented(n, seed=4).text for n in SOME)


def short(text: str, quote: str) -> Narrative:
    spans = {"occasions": [quote], "decoys": [{"label": "gifts", "quote": quote, "why": "opinion"}]}
    return Narrative("a", "o", text, {}, {}, {"threats": quote}, spans, "terse")


def test_a_quote_moves_with_the_text_before_it() -> None:
    changed = applied(short("On 2 May he hit the door.", "hit the door"), [Edit(3, 8, "02/05"), Edit(0, 0, "MO: ")])
    assert changed.text == "MO: On 02/05 he hit the door."
    assert changed.spans["occasions"] == ["hit the door"]


def test_a_quote_takes_the_change_inside_it_and_leaves_one_across_its_end() -> None:
    text = "the suspect hit her"
    inside = applied(short(text, "the suspect hit"), [Edit(4, 11, "susp")])
    assert inside.evidence["threats"] == "the susp hit"
    assert inside.spans["decoys"][0]["quote"] == "the susp hit"
    across = applied(short(text, "suspect hit"), [Edit(0, 11, "susp")])
    assert across.text == text


def test_an_insertion_where_a_quote_begins_stays_outside() -> None:
    changed = applied(short("hit her", "hit her"), [Edit(0, 0, "MO: ")])
    assert changed.spans["occasions"] == ["hit her"]
