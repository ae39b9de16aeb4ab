"""Offsets always refer to the narrative as given."""

from conduct_nlp.text import canonical, clauses, plain, unmarked
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec="utf-8"), max_size=400)


@given(TEXTS)
def test_plain_text_keeps_every_position(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert len(unmarked(text)) == len(text)


@given(TEXTS)
def test_clauses_cover_all_words_once_and_in_order(text: str) -> None:
    parts = clauses(text)
    assert all(a < b for a, b in parts)
    assert all(parts[i][1] <= parts[i + 1][0] for i in range(len(parts) - 1))
    assert "".join("".join(text[a:b].split()) for a, b in parts) == "".join(text.split())


def test_sentences_entries_and_lines_are_clauses() -> None:
    text = "He rang twice. She blocked him; he wrote\n10:15 - note left"
    assert [text[a:b] for a, b in clauses(text)] == [
        "He rang twice.",
        "She blocked him;",
        "he wrote",
        "10:15 - note left",
    ]


def test_redaction_marks_and_short_forms_read_alike() -> None:
    assert canonical("[VICTIM 2] rec'd a msg from AP") == canonical("ip recd a message from [SUSPECT]")


def test_digits_are_read_by_magnitude() -> None:
    assert canonical("over 9,800 calls") == canonical("over 4,100 calls")
