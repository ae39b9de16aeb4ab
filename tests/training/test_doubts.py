"""A label turned on purpose is among those to be read again."""

from dataclasses import replace

from conduct_training.corpus import Narrative, narratives
from conduct_training.doubts import doubts

from tests.conftest import CORPUS


def test_turned_labels_are_doubted() -> None:
    texts: list[Narrative] = [n for n in narratives(CORPUS) if n.labels["offence"] in ("stalking", "breach_of_order")]
    texts = [n for n in texts if n.group is None][::4]
    plain = [i for i, n in enumerate(texts) if n.labels["difficulty"] == "plain"][:4]
    for i in plain:
        other = "stalking" if texts[i].labels["offence"] == "breach_of_order" else "breach_of_order"
        texts[i] = replace(texts[i], labels={**texts[i].labels, "offence": other})
    found = {name for name, field, *_ in doubts(texts, folds=3) if field == "offence"}
    assert len(found & {texts[i].id for i in plain}) >= 3
    assert len(found) < len(texts) / 4
