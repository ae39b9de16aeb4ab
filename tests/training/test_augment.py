"""Another dress, the same facts: labels stay, and every quote is cut from the changed text."""

import pytest
from conduct_training.augment import CHANGES, Edit, applied, augmented
from conduct_training.check import faults
from conduct_training.corpus import Narrative, narratives

from tests.conftest import CORPUS

SOME = list(narratives(CORPUS, ["train"]))[::23]


@pytest.mark.parametrize("change", CHANGES)
def test_labels_and_quotes_hold(change: str) -> None:
    changed = [augmented(n, [change], seed) for n in SOME for seed in (1, 2)]
    assert [fault for n in changed for fault in faults(n)] == []
    assert any(a.text != n.text for a, n in zip(changed[::2], SOME, strict=True))
    assert all(a.labels == n.labels for a, n in zip(changed[::2], SOME, strict=True))


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
