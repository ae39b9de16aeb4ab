"""A label turned on purpose is among those to be read again."""

from dataclasses import replace

import pytest
from conduct_training.corpus import Narrative, narratives
from conduct_training.doubts import doubts

from tests.conftest import CORPUS


@pytest.mark.slow
def test_turned_labels_are_doubted() -> None:
    texts: list[Narrative] = [n for n in narratives(CORPUS) if n.labels["offence"] in ("stalking", "breach_of_order")]
    texts = [n for n in texts if n.group is None][::2]
    plain = [i for i, n in enumerate(texts) if n.labels["difficulty"] == "plain"][::12]
    for i in plain:
        other = "stalking" if texts[i].labels["offence"] == "breach_of_order" else "breach_of_order"
        texts[i] = replace(texts[i], labels={**texts[i].labels, "offence": other})
    found = {name for name, field, *_ in doubts(texts, folds=3) if field == "offence"}
    turned = {texts[i].id for i in plain}
    assert len(turned) >= 8
    assert len(found & turned) / len(turned) > 5 * len(found - turned) / (len(texts) - len(turned))
