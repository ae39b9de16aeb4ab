"""Evidence with qualifiers: one engine, the cues as data (patterns/*.toml).

A pattern is words separated by blanks: `a|b` either, `stem*` any ending, `word?` may be missing, `{macro}` any word of
patterns/macros.toml. Qualifiers are marked on the finding, never used to delete it (edsnlp, medspaCy).
"""

import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise, product
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from conduct_nlp.text import unmarked
from conduct_nlp.vocabulary import BY_NAME, FIELDS, Qualifier

PACKS = ("behaviours", "pattern", "means", "orders", "signals")
SIGNALS = frozenset({"weapon", "self_harm", "one_crime_raised"})
"""Labels of patterns/signals.toml: facts for priority and standing, no labels of the guide."""
REACH = 9
"""Tokens a qualifier reaches within its sentence."""


@dataclass(frozen=True, slots=True)
class Match:
    """A cue found: label, qualifier, character offsets, and the qualifying words if any."""

    label: str
    start: int
    end: int
    qualifier: Qualifier
    because: str = ""


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((files("conduct_nlp") / "patterns" / f"{name}.toml").read_text("utf-8"))


def _choices(word: str, macros: Mapping[str, Sequence[str]], endings: Sequence[str]) -> list[str]:
    """Every spelling that one word of a pattern stands for; "" among them where it may be missing."""
    found = [""] if word.endswith("?") else []
    for choice in word.removesuffix("?").split("|"):
        for member in macros[choice.strip("{}")] if choice.startswith("{") else [choice]:
            found += [member[:-1] + ending for ending in endings] if member.endswith("*") else [member]
    return found


def phrases(pattern: str, macros: Mapping[str, Sequence[str]], endings: Sequence[str]) -> Iterator[str]:
    """All phrases of one pattern; raises `KeyError` for an unknown macro."""
    for words in product(*(_choices(word, macros, endings) for word in pattern.split())):
        yield " ".join(filter(None, words))


def _allowed(label: str) -> None:
    known = {f.name for f in FIELDS} | {v for f in FIELDS if f.kind == "many" for v in f.values} | SIGNALS
    if label not in known:
        raise ValueError(f"patterns: {label!r} is no label of the guide nor a signal; allowed: {sorted(known)}")


class Cues:
    """All cue packs, compiled once."""

    def __init__(self) -> None:
        self.language: Language = spacy.blank("en")
        self._special = frozenset(getattr(self.language.tokenizer, "rules", None) or ())
        table = _load("macros")
        self._macros, self._endings = table["macros"], table["endings"]
        self._cues = PhraseMatcher(self.language.vocab, attr="LOWER")
        self._meaning: dict[str, tuple[str, Qualifier]] = {}
        for pack in PACKS:
            for number, cue in enumerate(_load(pack)["cue"]):
                self._add_cue(f"{pack}:{number}", cue)
        self._context = PhraseMatcher(self.language.vocab, attr="LOWER")
        for name, roles in _load("context").items():
            for role, patterns in roles.items():
                self._context.add(f"{name}:{role}", self._docs(patterns))

    def _docs(self, patterns: Iterable[str]) -> list[Doc]:
        spelled = {p for pattern in patterns for p in phrases(pattern, self._macros, self._endings)}
        return [self._doc(phrase) for phrase in sorted(spelled)]

    def _doc(self, phrase: str) -> Doc:
        """Tokens of a phrase as the tokenizer would cut it; plain words need no tokenizer, which is the slow part."""
        words = phrase.split()
        if all(word.isalpha() and word not in self._special for word in words):
            return Doc(self.language.vocab, words=words)
        return self.language.make_doc(phrase)

    def _add_cue(self, key: str, cue: Mapping[str, Any]) -> None:
        if unknown := set(cue) - {"label", "patterns", "qualifier"}:
            raise ValueError(f"patterns {key}: unknown keys {sorted(unknown)}; allowed: label, patterns, qualifier")
        _allowed(cue["label"])
        self._cues.add(key, self._docs(cue["patterns"]))
        self._meaning[key] = (cue["label"], Qualifier(cue.get("qualifier", "asserted")))

    def find(self, narrative: str, sentences: Sequence[tuple[int, int]]) -> list[Match]:
        """Every cue in `narrative`, in order; `sentences` are (start, end) offsets that bound each qualifier."""
        doc = self.language.make_doc(unmarked(narrative))
        scopes = list(self._scopes(doc, sentences))
        found = []
        for key, start, end in self._cues(doc):
            label, own = self._meaning[self.language.vocab.strings[key]]
            span = doc[start:end]
            qualifier, because = (own, "") if own is not Qualifier.ASSERTED else _reached(scopes, start, end)
            found.append(Match(label, span.start_char, span.end_char, qualifier, because))
        return _longest(found)

    def _context_cues(self, doc: Doc) -> Iterator[tuple[str, str, int, int]]:
        """(qualifier, role, first token, last token + 1) of every word of patterns/context.toml."""
        for key, start, end in self._context(doc):
            name, role = self.language.vocab.strings[key].split(":")
            yield name, role, start, end

    def _scopes(self, doc: Doc, sentences: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, Qualifier, str]]:
        """(first token, last token + 1, qualifier, cue words) of each stretch that a qualifier reaches."""
        found = list(self._context_cues(doc))
        hidden = {(name, at) for name, role, start, end in found if role == "pseudo" for at in range(start, end)}
        starts = [token.idx for token in doc]
        edges = sorted({bisect_left(starts, offset) for offset, _ in sentences} | {0, len(doc)})
        for name, role, start, end in found:
            if role in ("pseudo", "stop") or (name, start) in hidden:
                continue
            low, high = next(((a, b) for a, b in pairwise(edges) if a <= start < b), (0, len(doc)))
            stops = [s for n, r, s, _ in found if n == name and r == "stop"]
            if role == "forward":
                last = min([high, end + REACH, *(s for s in stops if s >= end)])
                yield end, last, Qualifier(name), doc[start:end].text
            else:
                first = max([low, start - REACH, *(s + 1 for s in stops if s < start)])
                yield first, start, Qualifier(name), doc[start:end].text


def _longest(found: Iterable[Match]) -> list[Match]:
    """Of overlapping matches of one label only the longest, in order of the text."""
    kept: list[Match] = []
    for match in sorted(set(found), key=lambda m: (m.label, m.start, -m.end)):
        last = kept[-1] if kept else None
        if last is None or last.label != match.label or match.start >= last.end:
            kept.append(match)
    return sorted(kept, key=lambda m: (m.start, m.end, m.label))


def _reached(scopes: Sequence[tuple[int, int, Qualifier, str]], start: int, end: int) -> tuple[Qualifier, str]:
    for first, last, qualifier, because in scopes:
        if first <= start and end <= last:
            return qualifier, because
    return Qualifier.ASSERTED, ""


@cache
def cues() -> Cues:
    return Cues()


def cue_labels() -> list[str]:
    """Labels that some pack names, sorted: the order of the cue features."""
    return sorted({cue["label"] for pack in PACKS for cue in _load(pack)["cue"]})


def is_guide_label(label: str) -> bool:
    return label not in SIGNALS and (label in BY_NAME or any(label in f.values for f in FIELDS))
