"""One text written twice is found; members of one group are not compared."""

from dataclasses import replace

from conduct_training.corpus import narratives
from conduct_training.duplicates import alike

from tests.conftest import CORPUS

SOME = list(narratives(CORPUS, ["dev"]))


def test_no_narrative_is_another_written_twice() -> None:
    assert [(a.id, b.id) for a, b, _ in alike(list(narratives(CORPUS)))] == []


def test_a_copy_with_a_few_words_changed_is_found() -> None:
    n = next(n for n in SOME if n.group is None and len(n.text.split()) > 60)
    words = n.text.split()
    words[10], words[40] = "somewhere", "perhaps"
    copy = replace(n, id="copy", text=" ".join(words))
    assert [(a.id, b.id) for a, b, _ in alike([n, copy])] == [(n.id, "copy")]
    assert list(alike([replace(n, group="g"), replace(copy, group="g")])) == []
