"""Surface augmentation, for training only: the same facts in another dress.

Every change keeps labels and offsets: quotes (evidence, spans) are cut anew from the changed text, and a change that
would lie half in and half out of a quote is not made. What changes: redaction style, casing, keyboard slips, police
abbreviations both ways, date and time formats, scanning noise, log headers.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from conduct_training.corpus import Narrative


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


Change = Callable[[str, Random], list[Edit]]

REDACTIONS = ("<{}>", "({})", "[{} REDACTED]", "{}")
PLAIN_WORDS = {
    "[VICTIM]": "the IP",
    "[SUSPECT]": "the AP",
    "[DATE]": "XX/XX",
    "[PHONE]": "07XXX XXXXXX",
    "[PLACE]": "XXXX",
}
SHORT = {
    "victim": "vic",
    "suspect": "susp",
    "address": "addr",
    "vehicle": "veh",
    "approximately": "approx",
    "telephone": "tel",
    "message": "msg",
    "messages": "msgs",
    "relationship": "rel",
    "previous": "prev",
    "restraining order": "RO",
    "non-molestation order": "NMO",
    "injured party": "IP",
    "information": "info",
    "appointment": "appt",
    "identification": "ID",
    "officer": "ofcr",
}
LONG = {short: long for long, short in SHORT.items() if short not in ("rel", "info", "ID")}
NEIGHBOURS = {
    "a": "s",
    "s": "a",
    "e": "r",
    "r": "t",
    "t": "y",
    "i": "o",
    "o": "p",
    "n": "m",
    "m": "n",
    "l": "k",
    "d": "f",
}
KEPT = frozenset(
    re.findall(
        r"\w+",
        "about again against before being cannot could every further neither never nobody nothing their there these "
        "those under until where which while without would",
    )
)
"""Words whose slip could turn a sense (negation, time) or that nobody misspells."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
SCANNED = {"m": "rn", "rn": "m", "l": "1", "O": "0", "cl": "d", "h": "b"}


def redaction(text: str, rng: Random) -> list[Edit]:
    """One other way to mark what was taken out, throughout the text."""
    marks = list(re.finditer(r"\[([A-Z][A-Z ]{2,14}\d*)\]", text))
    if rng.random() < 0.3:
        return [Edit(m.start(), m.end(), PLAIN_WORDS[m[0]]) for m in marks if m[0] in PLAIN_WORDS]
    style = rng.choice(REDACTIONS)
    return [Edit(m.start(), m.end(), style.format(m[1])) for m in marks]


def casing(text: str, rng: Random) -> list[Edit]:
    """All lower case or all capitals."""
    turned = text.lower() if rng.random() < 0.6 else text.upper()
    return [Edit(0, len(text), turned)] if len(turned) == len(text) else []


def slips(text: str, rng: Random) -> list[Edit]:
    """Keyboard slips in about one long word in fifteen: two letters swapped, one doubled, dropped or its neighbour."""
    edits = []
    for word in re.finditer(r"\b[a-z]{5,}\b(?!['’])", text):
        if word[0] in KEPT or rng.random() > 1 / 15:
            continue
        at = word.start() + rng.randrange(1, len(word[0]) - 1)
        here, following = text[at], text[at + 1]
        kind = rng.randrange(4)
        if kind == 0:
            edits.append(Edit(at, at + 2, following + here))
        else:
            edits.append(Edit(at, at + 1, (here * 2, "", NEIGHBOURS.get(here, following))[kind - 1]))
    return edits


def abbreviations(text: str, rng: Random) -> list[Edit]:
    """Police abbreviations, put in or written out."""
    table = SHORT if rng.random() < 0.6 else LONG
    words = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    form = rf"\b({words})\b(?!\.\w)(?! (?:address|log|number|range))"  # an IP address is no injured party
    return [Edit(m.start(), m.end(), table[m[0]]) for m in re.finditer(form, text) if rng.random() < 0.8]


def dates(text: str, rng: Random) -> list[Edit]:
    """Another way to write dates and times of day, throughout the text."""
    edits = []
    numeric, military = rng.random() < 0.7, rng.random() < 0.6
    for m in re.finditer(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(MONTHS)})(?: (20\d\d))?\b", text):
        month = MONTHS.index(m[2]) + 1
        year = f"/{m[3][2:]}" if m[3] else ""
        other = f"{int(m[1]):02d}/{month:02d}{year}" if numeric else f"{m[1]} {m[2][:3]}{' ' + m[3] if m[3] else ''}"
        edits.append(Edit(m.start(), m.end(), other))
    for m in re.finditer(r"\b([01]\d|2[0-3]):([0-5]\d)\b", text):
        hour = int(m[1])
        clock = f"{hour % 12 or 12}.{m[2]}{'am' if hour < 12 else 'pm'}"
        edits.append(Edit(m.start(), m.end(), f"{m[1]}{m[2]}hrs" if military else clock))
    return edits


def scanning(text: str, rng: Random) -> list[Edit]:
    """What scanning a print-out does: letters taken for others, at about one in two hundred characters."""
    # A tenth of all characters are of these shapes.
    edits = []
    for m in re.finditer("|".join(sorted(SCANNED, key=len, reverse=True)), text):
        if rng.random() < 0.05:
            edits.append(Edit(m.start(), m.end(), SCANNED[m[0]]))
    return edits


def header(text: str, rng: Random) -> list[Edit]:
    """A line of the system it came from, before the text."""
    log, day, month = rng.randrange(1, 1999), rng.randrange(1, 29), rng.randrange(1, 13)
    lines = (
        f"Log {log:04d} {day:02d}/{month:02d}. ",
        f"MG11 CONTINUATION PAGE {rng.randrange(1, 9)}\n",
        f"Ref {rng.randrange(10**5, 10**6)}/26 OFFICIAL-SENSITIVE\n",
        f"*** COPIED FROM INCIDENT {log} *** ",
        "MO: ",
        "Circumstances: ",
        "Report summary - ",
    )
    return [Edit(0, 0, rng.choice(lines))]


CHANGES: Mapping[str, Change] = {
    "redaction": redaction,
    "casing": casing,
    "slips": slips,
    "abbreviations": abbreviations,
    "dates": dates,
    "scanning": scanning,
    "header": header,
}


def applied(narrative: Narrative, edits: Iterable[Edit]) -> Narrative:
    """The narrative with the edits made and every quote cut anew; edits across the end of a quote are left out."""
    text = narrative.text
    bounds = {(text.index(q), text.index(q) + len(q)) for q in narrative.quotes}
    inside = (
        e
        for e in edits
        if len(e.text) == e.end - e.start or not any(e.start < at < e.end for pair in bounds for at in pair)
    )
    kept = sorted(inside, key=lambda e: (e.start, e.end))
    pieces, at, shifts, size = [], 0, [], 0
    for edit in kept:
        if edit.start < at:
            continue
        pieces += [text[at : edit.start], edit.text]
        size += edit.start - at + len(edit.text)
        at = edit.end
        shifts.append((edit, size))
    changed = "".join([*pieces, text[at:]])

    def moved(position: int, first: bool) -> int:
        """Where an original position lies now; an insertion at a quote's start stays outside it."""
        delta = 0
        for edit, now in shifts:
            if edit.end < position or (edit.end == position and (first or edit.end > edit.start)):
                delta = now - edit.end
            else:
                break
        return position + delta

    def cut(quote: str) -> str:
        start = text.index(quote)
        return changed[moved(start, True) : moved(start + len(quote), False)]

    spans: dict[str, Any] = {
        name: [q | {"quote": cut(q["quote"])} for q in quotes] if name == "decoys" else [cut(q) for q in quotes]
        for name, quotes in narrative.spans.items()
    }
    return replace(narrative, text=changed, evidence={k: cut(q) for k, q in narrative.evidence.items()}, spans=spans)


def augmented(narrative: Narrative, names: Sequence[str] = tuple(CHANGES), seed: int = 0, most: int = 2) -> Narrative:
    """The narrative under one to `most` of the named changes, drawn by its id and the seed; the id says so.

    Changes that find nothing to change are passed over: the text is as it was only where none of them does.
    """
    digest = hashlib.sha256(f"{seed}/{narrative.id}".encode()).digest()
    rng = Random(int.from_bytes(digest[:8], "big"))
    changed, left = narrative, rng.randint(1, most)
    for name in rng.sample(list(names), len(names)):
        after = applied(changed, CHANGES[name](changed.text, rng))
        left -= after.text != changed.text
        changed = after
        if not left:
            break
    return replace(changed, id=f"{narrative.id}~{seed}")
