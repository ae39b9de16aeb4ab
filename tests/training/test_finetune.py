"""The plain fine-tune learns, goes on from the last finished epoch, and reads a text alike alone and in a batch."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conduct_training import finetune as finetuning
from conduct_training.corpus import Narrative, narratives
from conduct_training.finetune import TuneSettings, batches, finetune, padded, predict, targets_of

from tests.conftest import CORPUS

TEXTS: list[Narrative] = list(narratives(CORPUS, ["train"]))[::60]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder of the real kind with random weights, and a tokenizer of the texts' own words."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import MPNetConfig, MPNetModel

    folder = tmp_path_factory.mktemp("weights")
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator([n.text for n in TEXTS], trainers.WordLevelTrainer(special_tokens=["[UNK]", "[PAD]"]))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = MPNetConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    MPNetModel(config).save_pretrained(folder)
    return folder


SETTINGS = TuneSettings(rate=3e-3, head_rate=3e-3, epochs=2, batch=8, tokens=64)


def quiet(_: str) -> None: ...


class Stopped(Exception): ...


def stopped_after_one_epoch(weights: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = finetuning._keep

    def keep_then_stop(*args: Any, **more: Any) -> None:
        kept(*args, **more)
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(finetuning, "_keep", keep_then_stop)
        with pytest.raises(Stopped):
            finetune(TEXTS, weights, state, SETTINGS, quiet)


def test_an_interrupted_training_ends_as_one_that_was_not(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, tokenizer = finetune(TEXTS, weights, tmp_path / "whole", SETTINGS, quiet)
    straight = predict(model, tokenizer, [n.text for n in TEXTS], 64)
    stopped_after_one_epoch(weights, tmp_path / "parts", monkeypatch)
    told: list[str] = []
    model, tokenizer = finetune(TEXTS, weights, tmp_path / "parts", SETTINGS, told.append)
    assert any("1 epochs done" in line for line in told)
    assert np.allclose(straight, predict(model, tokenizer, [n.text for n in TEXTS], 64), atol=1e-4)


def test_what_was_kept_of_other_labels_is_not_gone_on_from(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_after_one_epoch(weights, tmp_path, monkeypatch)
    turned = [replace(n, labels={**n.labels, "hostility": not n.labels["hostility"]}) for n in TEXTS]
    told: list[str] = []
    finetune(turned, weights, tmp_path, SETTINGS, told.append)
    assert any("starting anew" in line for line in told)


def test_it_learns_what_it_is_shown(weights: Path, tmp_path: Path) -> None:
    settings = TuneSettings(rate=3e-3, head_rate=3e-3, epochs=30, batch=8, tokens=64)
    model, tokenizer = finetune(TEXTS, weights, tmp_path, settings, quiet)
    logits = predict(model, tokenizer, [n.text for n in TEXTS], 64)
    targets = targets_of(TEXTS)
    assert np.mean(logits[:, :5].argmax(1) == targets[:, :5].argmax(1)) > 0.9
    alone = predict(model, tokenizer, [TEXTS[0].text], 64)[0]
    assert np.allclose(alone, logits[0], atol=1e-4)


def test_every_text_is_in_one_batch_among_texts_of_like_length() -> None:
    lengths = list(range(100))
    found = list(batches(lengths, 8, np.random.default_rng(0)))
    assert sorted(i for batch in found for i in batch) == lengths
    assert max(len(batch) for batch in found) == 8


def test_padding_is_masked() -> None:
    ids, mask = padded([[5, 6, 7], [8]])
    assert ids.shape == mask.shape == (2, 3)
    assert mask.sum(1).tolist() == [3, 1]
