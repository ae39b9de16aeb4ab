"""A plain multi-task fine-tune of an encoder: mean pool, linear heads. Not released: a yardstick for the corpus.

Settings measured beforehand (docs/data-science.md): learning rate 4e-5, 5 epochs, batches of 16, 320 tokens. Training
goes on from the last finished epoch when it was interrupted. Weights and optimiser state are safetensors.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from conduct_training.corpus import Narrative, field_targets
from conduct_training.fit import field_columns

WEIGHT = {"offence": 2.0, "section": 1.0, "course_of_conduct": 0.5, "cyber_enabled": 0.5}
"""Weight of a field's loss: what the reader is judged by. Others: `CHOICE` a choice or count, `BINARY` a flag or value.
There are so many flags and values that at 0.1 each they drown the offence."""
CHOICE, BINARY = 0.2, 0.03


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """Learning rates of encoder and new heads (peak; warm-up over a tenth, then linear to nought: heads that start from
    nothing learn nothing in some hundred steps at the encoder's rate), passes, narratives a batch, tokens kept;
    `half`: bfloat16 products, twice as fast where the processor has them (AVX512_BF16), else slower."""

    rate: float = 4e-5
    head_rate: float = 1e-3
    epochs: int = 5
    batch: int = 16
    tokens: int = 320
    decay: float = 0.01
    seed: int = 1
    half: bool = False


class MultiTask(nn.Module):
    """Token ids and mask (n, tokens) → logits (n, heads), columns in the order of `conduct_nlp.heads`."""

    def __init__(self, encoder: nn.Module, width: int, heads: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, heads)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        logits: Tensor = self.head(self.drop(pooled))
        return logits


def open_model(weights: Path, heads: int) -> tuple[MultiTask, Tokenizer]:
    """The encoder of a folder (config.json, model.safetensors, tokenizer.json) with new heads."""
    config = AutoConfig.from_pretrained(weights)
    encoder = AutoModel.from_pretrained(weights, config=config, local_files_only=True)
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    return MultiTask(encoder, config.hidden_size, heads), tokenizer


def encoded(tokenizer: Tokenizer, texts: Sequence[str], tokens: int) -> list[list[int]]:
    """Token ids of each text, cut at `tokens`."""
    tokenizer.enable_truncation(tokens)
    return [one.ids for one in tokenizer.encode_batch(list(texts))]


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """(ids, mask), both (n, longest)."""
    longest = max(map(len, rows))
    ids, mask = torch.ones(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask


def batches(lengths: Sequence[int], size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Random batches of texts of like length: shuffled, sorted within pools of sixteen batches, shuffled again."""
    order = rng.permutation(len(lengths))
    pools = [order[at : at + 16 * size] for at in range(0, len(order), 16 * size)]
    every = []
    for pool in pools:
        pool = pool[np.argsort(np.asarray(lengths)[pool], kind="stable")]
        every += [pool[at : at + size] for at in range(0, len(pool), size)]
    for i in rng.permutation(len(every)):
        yield every[i]


def loss_of(logits: Tensor, targets: Tensor, positive: Tensor) -> Tensor:
    """Cross-entropy of each choice and count, weighted binary cross-entropy of each flag and value."""
    total = torch.zeros(())
    for name, kind, columns in field_columns():
        if kind in ("choice", "count"):
            loss = nn.functional.cross_entropy(logits[:, columns], targets[:, columns].argmax(1))
            total = total + WEIGHT.get(name, CHOICE) * loss
        else:
            loss = nn.functional.binary_cross_entropy_with_logits(
                logits[:, columns], targets[:, columns], pos_weight=positive[columns], reduction="none"
            )
            total = total + WEIGHT.get(name, BINARY) * loss.mean(0).sum()
    return total


def targets_of(narratives: Sequence[Narrative]) -> NDArray[np.float32]:
    """(n, heads), 1 where a head should be on."""
    return np.array([list(field_targets(n).values()) for n in narratives], np.float32)


def finetune(
    narratives: Sequence[Narrative],
    weights: Path,
    state: Path,
    settings: TuneSettings,
    say: Callable[[str], None],
) -> tuple[MultiTask, Tokenizer]:
    """Trains on `narratives`, keeping each finished epoch in `state`; an interrupted training goes on from there."""
    torch.manual_seed(settings.seed)
    targets = torch.tensor(targets_of(narratives))
    model, tokenizer = open_model(weights, targets.shape[1])
    rows = encoded(tokenizer, [n.text for n in narratives], settings.tokens)
    on = targets.sum(0).clamp(min=1)
    positive = ((len(narratives) - on) / on).sqrt().clamp(1, 4)
    rates = (settings.rate, settings.head_rate)
    parts = [{"params": list(part.parameters())} for part in (model.encoder, model.head)]
    optimiser = torch.optim.AdamW(parts, lr=settings.rate, weight_decay=settings.decay, fused=True)
    steps = settings.epochs * -(-len(rows) // settings.batch)
    warm = max(1, steps // 10)
    begin = _resume(state, model, optimiser)
    step = begin * -(-len(rows) // settings.batch)
    for epoch in range(begin, settings.epochs):
        rng = np.random.default_rng([settings.seed, epoch])
        torch.manual_seed(settings.seed * 1000 + epoch)
        start, seen, lost = time.monotonic(), 0, 0.0
        model.train()
        for number, index in enumerate(batches([len(r) for r in rows], settings.batch, rng), 1):
            with torch.autocast("cpu", torch.bfloat16, enabled=settings.half):
                logits = model(*padded([rows[i] for i in index])).float()
            loss = loss_of(logits, targets[index], positive)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * min((step + 1) / warm, (steps - step) / max(1, steps - warm))
            optimiser.step()
            optimiser.zero_grad()
            step += 1
            seen, lost = seen + 1, lost + loss.item()
            if number % 20 == 0:
                say(f"epoch {epoch + 1}, batch {number}: loss {lost / seen:.3f}, {time.monotonic() - start:.0f} s")
        _keep(state, model, optimiser, epoch + 1)
    return model, tokenizer


def _keep(state: Path, model: nn.Module, optimiser: Any, epoch: int) -> None:
    state.mkdir(parents=True, exist_ok=True)
    moments = {
        f"{i}.{name}": value.clone()
        for i, slot in optimiser.state_dict()["state"].items()
        for name, value in slot.items()
    }
    save_file(moments, state / "optimiser.new")
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, state / "model.new")
    (state / "optimiser.new").replace(state / "optimiser.safetensors")
    (state / "model.new").replace(state / "model.safetensors")
    (state / "state.json").write_text(json.dumps({"epoch": epoch}), "utf-8")


def _resume(state: Path, model: nn.Module, optimiser: Any) -> int:
    if not (state / "state.json").exists():
        return 0
    at = json.loads((state / "state.json").read_text("utf-8"))
    model.load_state_dict(load_file(state / "model.safetensors"))
    body = optimiser.state_dict()
    slots: dict[int, dict[str, Tensor]] = {}
    for key, value in load_file(state / "optimiser.safetensors").items():
        number, name = key.split(".", 1)
        slots.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict(body | {"state": slots})
    return int(at["epoch"])


@torch.inference_mode()
def predict(
    model: MultiTask, tokenizer: Tokenizer, texts: Sequence[str], tokens: int, size: int = 32
) -> NDArray[np.float32]:
    """(n, heads) logits, in full precision."""
    model.eval()
    rows = encoded(tokenizer, texts, tokens)
    order = np.argsort([len(r) for r in rows], kind="stable")
    found: list[tuple[int, NDArray[np.float32]]] = []
    for at in range(0, len(order), size):
        index = order[at : at + size]
        found += zip(index.tolist(), model(*padded([rows[i] for i in index])).numpy(), strict=True)
    return np.stack([row for _, row in sorted(found, key=lambda pair: pair[0])])


@torch.inference_mode()
def vectors(weights: Path, texts: Sequence[str], tokens: int = 320, size: int = 32) -> NDArray[np.float32]:
    """(n, width) unit vectors of the published encoder: mean-pooled last states, as it was trained to compare texts."""
    model, tokenizer = open_model(weights, 1)
    model.eval()
    rows = encoded(tokenizer, texts, tokens)
    found = np.zeros((len(rows), model.head.in_features), np.float32)
    order = np.argsort([len(r) for r in rows], kind="stable")
    for at in range(0, len(order), size):
        index = order[at : at + size]
        ids, mask = padded([rows[i] for i in index])
        states = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        found[index] = ((states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found
