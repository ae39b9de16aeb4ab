"""A plain multi-task fine-tune of an encoder: mean pool, linear heads. Not released: a yardstick for the corpus.

Encoder at the settings of the first measurement (rate 4e-5, 5 epochs, batches of 16, 320 tokens); heads at a rate of
their own and weighted losses are ours. An interrupted training goes on from the last finished epoch, if it was of the
same texts, labels, settings and weights. Everything kept is safetensors.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
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

    def pooled(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(n, width): the mean of the last states of the tokens that are there."""
        states: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        return (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        logits: Tensor = self.head(self.drop(self.pooled(ids, mask)))
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
    """(ids, mask), both (n, longest); 1 is the padding id of MPNet, and what stands there is masked anyway."""
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
    """Trains on `narratives`, keeping each finished epoch in the folder `state` (about 1.3 GB, 0.4 when finished).

    An interrupted training of the same texts, labels, settings and weights goes on from there; what was kept of another
    is replaced. Raises `OSError` where there is no room.
    """
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
    mark = _mark(narratives, targets, settings, weights)
    begin = _resume(state, mark, model, optimiser, say)
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
        _keep(state, mark, model, optimiser, epoch + 1, finished=epoch + 1 == settings.epochs)
    return model, tokenizer


def _mark(narratives: Sequence[Narrative], targets: Tensor, settings: TuneSettings, weights: Path) -> str:
    """SHA-256 of all that a training depends on."""
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    for narrative, row in zip(narratives, targets, strict=True):
        digest.update(f"{narrative.id}\n{narrative.text}\n".encode() + row.numpy().tobytes())
    for path in sorted(weights.iterdir()):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _keep(state: Path, mark: str, model: nn.Module, optimiser: Any, epoch: int, finished: bool) -> None:
    """One file, replaced in one step; the optimiser's moments are of no use once training is finished."""
    state.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{name}": value.contiguous() for name, value in model.state_dict().items()}
    if not finished:
        for i, slot in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{i}.{name}": value.clone() for name, value in slot.items()}
    save_file(tensors, state / "new.safetensors", metadata={"epoch": str(epoch), "mark": mark})
    (state / "new.safetensors").replace(state / "epoch.safetensors")


def _resume(state: Path, mark: str, model: nn.Module, optimiser: Any, say: Callable[[str], None]) -> int:
    """How many epochs are done; nought where nothing fitting was kept."""
    path = state / "epoch.safetensors"
    if not path.exists():
        return 0
    slots: dict[int, dict[str, Tensor]] = {}
    with safe_open(path, "pt") as kept:
        told = kept.metadata()
        if told["mark"] != mark:
            say(f"{path} is of other texts, labels or settings: starting anew")
            return 0
        weights = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118 - not a mapping
    model.load_state_dict({n.removeprefix("model."): v for n, v in weights.items() if n.startswith("model.")})
    for name, value in weights.items():
        if name.startswith("optimiser."):
            _, number, part = name.split(".", 2)
            slots.setdefault(int(number), {})[part] = value
    if slots:
        optimiser.load_state_dict(optimiser.state_dict() | {"state": slots})
    say(f"goes on from {path}: {told['epoch']} epochs done")
    return int(told["epoch"])


def _sorted_batches(rows: Sequence[Sequence[int]], size: int) -> Iterator[NDArray[np.int64]]:
    """Indices in batches of like length, so that little is padded."""
    order = np.argsort([len(row) for row in rows], kind="stable")
    yield from (order[at : at + size] for at in range(0, len(order), size))


@torch.inference_mode()
def predict(
    model: MultiTask, tokenizer: Tokenizer, texts: Sequence[str], tokens: int, size: int = 32
) -> NDArray[np.float32]:
    """(n, heads) logits, in full precision."""
    model.eval()
    rows = encoded(tokenizer, texts, tokens)
    found = np.zeros((len(rows), model.head.out_features), np.float32)
    for index in _sorted_batches(rows, size):
        found[index] = model(*padded([rows[i] for i in index])).numpy()
    return found


@torch.inference_mode()
def vectors(weights: Path, texts: Sequence[str], tokens: int = 320, size: int = 32) -> NDArray[np.float32]:
    """(n, width) unit vectors of the published encoder's first `tokens` tokens, mean-pooled as it was trained to be."""
    model, tokenizer = open_model(weights, 1)
    model.eval()
    rows = encoded(tokenizer, texts, tokens)
    found = np.zeros((len(rows), model.head.in_features), np.float32)
    for index in _sorted_batches(rows, size):
        found[index] = model.pooled(*padded([rows[i] for i in index])).numpy()
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found
