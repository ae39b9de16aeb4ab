"""A reading is faithful to its text and independent of its neighbours."""

import random
from pathlib import Path

import pytest
from conduct_nlp import BundleError, Reader
from conduct_nlp.bundle import load, save
from conduct_nlp.cues import is_guide_label
from conduct_nlp.vocabulary import NOT_CYBER, Online, Order
from conduct_training.corpus import narratives

from tests.conftest import CORPUS

DEV = [n.text for n in narratives(CORPUS, ["dev"])][:120]


def test_alone_in_a_batch_and_in_any_order_the_reading_is_equal(reader: Reader) -> None:
    together = dict(zip(DEV, reader.read(DEV), strict=True))
    shuffled = random.Random(5).sample(DEV, len(DEV))
    assert dict(zip(shuffled, reader.read(shuffled), strict=True)) == together
    for text in DEV[::12]:
        assert next(reader.read([text])) == together[text]


def test_quotes_are_verbatim_and_labels_of_the_guide(reader: Reader) -> None:
    for text, reading in zip(DEV, reader.read(DEV), strict=True):
        for finding in reading.findings:
            assert text[finding.quote.start : finding.quote.end] == finding.quote.text != ""
            assert is_guide_label(finding.label)
            assert 0 <= finding.probability <= 1


def test_every_present_behaviour_has_a_quote(reader: Reader) -> None:
    for reading in reader.read(DEV):
        for label in reading.values("behaviours") + reading.values("online") + reading.values("fixation"):
            assert reading.quotes(label), label


def test_fields_that_say_the_same_agree(reader: Reader) -> None:
    for reading in reader.read(DEV):
        means = {Online(m) for m in reading.values("online")} - NOT_CYBER
        assert reading.has("cyber_enabled") == bool(means)
        assert reading.choice("order") != Order.NONE or reading.count("breaches_since_order") == 0
        if reading.choice("offence") in ("stalking", "harassment"):
            assert reading.has("course_of_conduct")
            assert reading.choice("section")


@pytest.mark.parametrize("text", ["x", "?", "\n\n.", "a" * 5000, "😀 " * 300, "[VICTIM] " * 50, "IP " + "rang " * 4000])
def test_any_text_is_read(reader: Reader, text: str) -> None:
    reading = next(reader.read([text]))
    assert abs(sum(reading.choices["offence"].values()) - 1) < 1e-3


def test_a_damaged_bundle_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"model\.json is missing"):
        load(tmp_path)
    save(tmp_path, {}, {"name": "x"})
    (tmp_path / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(BundleError, match="damaged"):
        load(tmp_path)
    save(tmp_path, {}, {"name": "x", "format": 99})
    with pytest.raises(BundleError, match="format 99"):
        load(tmp_path)
