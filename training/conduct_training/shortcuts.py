"""Shortcut audit: what a reader could learn from the corpus without reading, measured as a reader would exploit it.

- keyword shares against the brief's (training/corpus/author-brief.md);
- the words and openings that give an offence away (log-odds with an informative prior, Monroe et al. 2008);
- partial-input baselines (Gururangan et al. 2018): offence from the first sentence, from function words, from style
  alone, cross-validated over origins, beside the whole text and chance.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from conduct_training.bag import words
from conduct_training.corpus import Narrative

FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the this that these those my your his her its our their i you he she it we they me him us them "
        "who whom which what whose and or but nor so yet if because although though while when where until "
        "since after before as than of in on at by for with about against between into through during to from "
        "up down out off over under again then once here there all any both each few more most other some "
        "such no not only own same too very s t can will just should now is am are was were be been being "
        "have has had having do does did doing would could might must may shall",
    )
)
"""Determiners, pronouns, prepositions, conjunctions, auxiliaries and the commonest adverbs: a closed list."""

KEYWORDS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "stalk": (r"stalk", {"stalking": 0.33, "harassment": 0.10, "rest": 0.20}),
    "harass": (r"harass", {"stalking": 0.25, "harassment": 0.33, "rest": 0.20}),
    "fear": (r"scared|fright|fear|terrif", {"4A or 4": 0.50, "rest of sections": 0.25}),
}
"""Word forms and the share of records in which the brief wants them."""


def keyword_shares(texts: Sequence[Narrative]) -> dict[str, tuple[float, float]]:
    """Keyword and class → (share found, share wanted)."""
    found: dict[str, tuple[float, float]] = {}
    for name, (form, wanted) in KEYWORDS.items():
        hits: dict[str, list[bool]] = {}
        for n in texts:
            if name == "fear":
                group = "4A or 4" if n.labels["section"] in ("4A", "4") else "rest of sections"
            else:
                group = n.labels["offence"] if n.labels["offence"] in wanted else "rest"
            hits.setdefault(group, []).append(bool(re.search(form, n.text, re.I)))
        for group, share in wanted.items():
            found[f"{name} in {group}"] = (float(np.mean(hits.get(group, [False]))), share)
    return found


def _terms(text: str) -> set[str]:
    return set(re.findall(r"[a-z']{3,}", text.lower()))


def telling(texts: Sequence[Narrative], of: Callable[[Narrative], bool], pieces: Callable[[str], set[str]]) -> Any:
    """(piece, z) of the five pieces most over-represented where `of` holds: log-odds with an informative prior."""
    here, there = Counter[str](), Counter[str]()
    for n in texts:
        (here if of(n) else there).update(pieces(n.text))
    both = here + there
    n_here, n_there, n_all = sum(here.values()), sum(there.values()), sum(both.values())
    prior = 500.0
    scored = []
    for piece, count in both.items():
        if count < 8:
            continue
        p = prior * count / n_all
        a, b = here[piece] + p, there[piece] + p
        delta = np.log(a / (n_here + prior - a)) - np.log(b / (n_there + prior - b))
        scored.append((float(delta / np.sqrt(1 / a + 1 / b)), piece))
    return [(piece, round(z, 1)) for z, piece in sorted(scored, reverse=True)[:5]]


def opening(text: str) -> set[str]:
    """The first two words."""
    return {" ".join(re.findall(r"[a-z']+|\d+", text.lower())[:2])}


def length_auc(texts: Sequence[Narrative], of: Callable[[Narrative], bool]) -> float:
    """How well the number of words alone ranks a label: .5 is no use at all."""
    on = [of(n) for n in texts]
    return float(roc_auc_score(on, [len(n.text.split()) for n in texts]))


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+|\n+", text.strip(), maxsplit=1)[0]


def _function_words(text: str) -> str:
    return " ".join(w for w in re.findall(r"[a-z]+(?:n't)?", text.lower()) if w in FUNCTION_WORDS or w.endswith("n't"))


def _style(texts: Sequence[str]) -> NDArray[np.float64]:
    rows = []
    for t in texts:
        words = t.split()
        size = max(len(t), 1)
        rows.append(
            [
                len(words),
                np.mean([len(w) for w in words]),
                sum(c.isupper() for c in t) / size,
                sum(c.isdigit() for c in t) / size,
                *(t.count(c) / size for c in ".,;:-/[]()'\"!?\n"),
                len(re.findall(r"[.!?]", t)) / len(words),
            ]
        )
    return np.array(rows)


def _reader(features: Any, iterations: int = 300, c: float = 1.0) -> Any:
    return make_pipeline(features, LogisticRegression(C=c, max_iter=iterations, class_weight="balanced"))


def baselines(texts: Sequence[Narrative], folds: int = 5) -> dict[str, float]:
    """Offence macro-F1 of readers that see only a part, by cross-validation over origins."""
    gold, origins = [n.labels["offence"] for n in texts], [n.origin for n in texts]
    whole = [n.text for n in texts]
    style = _reader(make_pipeline(FunctionTransformer(_style), StandardScaler()), iterations=500)
    parts: dict[str, tuple[Any, list[str]]] = {
        "chance (drawn by frequency)": (DummyClassifier(strategy="stratified", random_state=0), whole),
        "whole text (words)": (_reader(words(), c=10), whole),
        "first sentence": (_reader(words(), c=10), [_first_sentence(t) for t in whole]),
        "function words": (_reader(words(), c=10), [_function_words(t) for t in whole]),
        "style (length, case, punctuation)": (style, whole),
    }
    return {
        name: float(
            f1_score(gold, cross_val_predict(reader, seen, gold, groups=origins, cv=GroupKFold(folds)), average="macro")
        )
        for name, (reader, seen) in parts.items()
    }


LABELS: Mapping[str, Callable[[Narrative], bool]] = {
    "stalking": lambda n: bool(n.labels["offence"] == "stalking"),
    "harassment": lambda n: bool(n.labels["offence"] == "harassment"),
    "malicious communications": lambda n: bool(n.labels["offence"] == "malicious_communications"),
    "breach of order": lambda n: bool(n.labels["offence"] == "breach_of_order"),
    "other": lambda n: bool(n.labels["offence"] == "other"),
    "4A (of stalking)": lambda n: bool(n.labels["section"] == "4A"),
    "section 4 (of harassment)": lambda n: bool(n.labels["section"] == "4"),
    "cyber-enabled": lambda n: bool(n.labels["cyber_enabled"]),
}


def _among(name: str, texts: Sequence[Narrative]) -> Sequence[Narrative]:
    if name.endswith("(of stalking)"):
        return [n for n in texts if n.labels["offence"] == "stalking"]
    if name.endswith("(of harassment)"):
        return [n for n in texts if n.labels["offence"] == "harassment"]
    return texts


def audit(texts: Sequence[Narrative]) -> dict[str, dict[str, Any]]:
    """Section → line → figure, over narratives of no contrast or invariance group."""
    single = [n for n in texts if n.group is None]
    out: dict[str, dict[str, Any]] = {"keywords: share (wanted)": dict(keyword_shares(single))}
    out["partial-input baselines: offence macro-F1"] = dict(baselines(single))
    out["length alone: AUC"] = {name: length_auc(_among(name, single), of) for name, of in LABELS.items()}
    out["telling words (z)"] = {name: telling(_among(name, single), of, _terms) for name, of in LABELS.items()}
    out["telling openings (z)"] = {name: telling(_among(name, single), of, opening) for name, of in LABELS.items()}
    return out


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[0]:.2f} ({value[1]:.2f})"
    if isinstance(value, float):
        return f"{value:.2f}"
    return ", ".join(f"{piece} {z}" for piece, z in value)


def table(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Lines of the two audits side by side; lists below each other."""
    for section, lines in after.items():
        yield f"\n{section}"
        for name, value in lines.items():
            old, new = _cell(before[section][name]), _cell(value)
            if isinstance(value, list):
                yield f"  {name}\n    given: {old}\n    now:   {new}"
            else:
                yield f"  {name:<40} given {old:<14} now {new}"
