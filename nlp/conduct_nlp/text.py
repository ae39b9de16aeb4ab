"""Offset-preserving clean-up and segmentation. Every function keeps positions: offset i means character i as given."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

# One character for one character, so that offsets into the narrative as given hold.
_PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‛": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "…": ".",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u200b": " ",
        "\ufeff": " ",
        "\t": " ",
        "\x0b": " ",
        "\x0c": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\r": "\n",
    }
)
_MARK = re.compile(r"\[([A-Za-z][A-Za-z /_-]*?)(\s?\d+)?\]|\b[Xx*]{3,}\b")
_STOP = re.compile(
    r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[#A-Z0-9])"  # end of a sentence
    r"|\n+"
    r"|;\s+"
    r"|(?<=[a-z)\]])\s+(?=\d{1,2}[:.]?\d{2}\s?(?:hrs|hours|h)?\s*[-:]\s)"  # next entry of a log
    r"|(?<=[.!?])\s+(?=[a-z])"
)
_LONG = 220


def plain(text: str) -> str:
    """Lower case, straight quotes, ordinary spaces: same length as `text`."""
    low = text.translate(_PLAIN).lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_PLAIN))  # "İ" lowers to two


def unmarked(text: str) -> str:
    """`plain`, with redaction marks as words: "[VICTIM 2]" becomes " victim 2 ", "XXXX" stays a word. Same length."""
    return _MARK.sub(lambda m: m[0].replace("[", " ").replace("]", " ").replace("_", " "), plain(text))


def clauses(text: str) -> list[tuple[int, int]]:
    """(start, end) of sentences, log entries and lines, trimmed; long ones are cut at a comma or conjunction."""
    edges = [0, *(m.end() for m in _STOP.finditer(text)), len(text)]
    found: list[tuple[int, int]] = []
    for start, end in pairwise(edges):
        found.extend(_trimmed(text, *part) for part in _cut(text, start, end))
    return [(start, end) for start, end in found if end > start]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts a run-on stretch near its middle, again and again, until no part is long."""
    if end - start <= _LONG:
        yield start, end
        return
    middle, best = (start + end) // 2, None
    for m in re.finditer(r"[,:]\s+|\s+(?=(?:and|but|then|so|when|which|because|also)\s)|\s-\s", text[start:end]):
        at = start + m.end()
        if start + 40 < at < end - 40 and (best is None or abs(at - middle) < abs(best - middle)):
            best = at
    if best is None:
        space = text.rfind(" ", start + 1, middle)
        best = space + 1 if space > start else middle
    yield from _cut(text, start, best)
    yield from _cut(text, best, end)


@cache
def _short_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Police short forms → one canonical word, from patterns/short_forms.toml."""
    import tomllib

    table = tomllib.loads((files("conduct_nlp") / "patterns" / "short_forms.toml").read_text("utf-8"))
    words = {short: word for word, shorts in table["words"].items() for short in shorts}
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?<![\w/])(?:{pattern})(?![\w/])"), words


_NUMBER = re.compile(r"\d+")


def canonical(text: str) -> str:
    """The text as the hashed n-grams see it: short forms spelled out, marks without numbers, digits by magnitude.

    Not offset-preserving: for features only.
    """
    pattern, words = _short_forms()
    text = re.sub(r"\b([a-z]{3,}) \d\b", r"\1", unmarked(text))
    text = pattern.sub(lambda m: words[m[0]], text)
    text = _NUMBER.sub(lambda m: "num" + str(min(len(m[0]), 5)) if len(m[0]) > 1 else f"n{m[0]}", text)
    return " ".join(text.split())


def word_count(text: str) -> int:
    return len(text.split())
