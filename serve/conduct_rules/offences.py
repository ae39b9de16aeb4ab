"""The offence table: what a recorded code, class or title means, and which code fits on the day of the act."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from conduct_nlp.vocabulary import Offence, Section


class UnknownOffence(ValueError):
    """The recorded offence is neither a class, a code nor a title known to be one."""


@dataclass(frozen=True, slots=True)
class OffenceCode:
    """A full Home Office code. `starts` and `ends` are the first and last day of the act for which it exists."""

    code: str
    class_: str
    title: str
    offence: Offence
    sections: tuple[Section, ...] = ()
    limb: str | None = None
    order: str | None = None
    message: tuple[str, ...] = ()
    aggravated: bool = False
    coercive: bool = False
    starts: date = date.min
    ends: date = date.max
    mark: str = "V"
    titles: tuple[str, ...] = ()

    def exists_on(self, day: date) -> bool:
        return self.starts <= day <= self.ends


@dataclass(frozen=True, slots=True)
class RecordedOffence:
    """What the force wrote down. `code` is None where only a class or title outside the table was given."""

    given: str
    class_: str
    offence: Offence | None
    code: OffenceCode | None = None

    @property
    def in_family(self) -> bool:
        return self.offence is not None

    @property
    def section(self) -> Section | None:
        """The section recorded; None where the code or class leaves it open."""
        return self.code.sections[0] if self.code and len(self.code.sections) == 1 else None

    @property
    def aggravated(self) -> bool:
        return self.class_ == "8M"

    @property
    def coercive(self) -> bool:
        return self.class_ == "8U"


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", title.lower()).strip()


def _row(row: Mapping[str, Any]) -> OffenceCode:
    known = {
        "code",
        "class",
        "title",
        "titles",
        "offence",
        "section",
        "sections",
        "limb",
        "order",
        "message",
        "aggravated",
        "coercive",
        "starts",
        "ends",
        "mark",
    }
    if unknown := set(row) - known:
        raise ValueError(f"offences.toml, {row.get('code')}: unknown keys {sorted(unknown)}; allowed: {sorted(known)}")
    sections = row.get("sections") or ([row["section"]] if "section" in row else [])
    return OffenceCode(
        code=row["code"],
        class_=row["class"],
        title=row["title"],
        offence=Offence(row["offence"]),
        sections=tuple(Section(s) for s in sections),
        limb=row.get("limb"),
        order=row.get("order"),
        message=tuple(row.get("message", ())),
        aggravated=row.get("aggravated", False),
        coercive=row.get("coercive", False),
        starts=row.get("starts", date.min),
        ends=row.get("ends", date.max),
        mark=row["mark"],
        titles=tuple(row.get("titles", ())),
    )


class OffenceTable:
    """All codes of the family, looked up by code, class or title."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.codes = {row["code"]: _row(row) for row in data["offence"]}
        self.classes = {name: Offence(word) for name, word in data["classes"].items()}
        self._titles = {_plain(title): code for code in self.codes.values() for title in (code.title, *code.titles)}
        self._class_titles: dict[str, str] = data["class_titles"]
        self._outside = tuple(data["outside"]["words"])
        self._graver_codes = frozenset(data["graver"]["codes"])
        self._graver_words = tuple(data["graver"]["words"])

    def resolve(self, given: str) -> RecordedOffence:
        """What `given` (class, full code or title, in any case) stands for; raises `UnknownOffence`."""
        text = given.strip()
        if match := re.fullmatch(r"0*(\d{1,3})\s*/\s*0*(\d{1,2})", text):
            return self._by_code(text, f"{int(match[1]):03d}/{int(match[2]):02d}")
        if match := re.fullmatch(r"(?:class\s+)?0*(\d{1,3})\s*([A-Za-z])?", text, flags=re.IGNORECASE):
            class_ = match[1] + (match[2] or "").upper()
            return RecordedOffence(
                text, class_, self.classes.get(class_) if class_ != "66" else Offence.BREACH_OF_ORDER
            )
        if match := re.match(r"0*(\d{1,3})/0*(\d{1,2})\b", text):  # "008/66 Stalking involving …"
            return self._by_code(text, f"{int(match[1]):03d}/{int(match[2]):02d}")
        if match := re.match(r"(8[LMQRU])\s*[-:]\s*(.+)", text, flags=re.IGNORECASE):  # "8L - Harassment"
            class_ = match[1].upper()
            inner = self._titles.get(_plain(match[2]))
            code = inner if inner and inner.class_ == class_ else None
            return RecordedOffence(text, class_, code.offence if code else self.classes[class_], code)
        return self._by_title(text)

    def _by_code(self, given: str, code: str) -> RecordedOffence:
        found = self.codes.get(code)
        return RecordedOffence(given, found.class_ if found else code, found.offence if found else None, found)

    def _by_title(self, given: str) -> RecordedOffence:
        plain = _plain(given)
        if found := self._titles.get(plain):
            return RecordedOffence(given, found.class_, found.offence, found)
        if class_ := self._class_titles.get(plain):
            return RecordedOffence(given, class_, self.classes[class_])
        if not plain or not any(_plain(word) in plain for word in self._outside):
            raise UnknownOffence("offence is neither a Home Office class or code nor a known title")
        return RecordedOffence(given, "", None)

    def is_graver(self, recorded: RecordedOffence) -> bool:
        """A crime that section 2 or 2A never takes the place of."""
        plain = _plain(recorded.given)
        return recorded.class_ in self._graver_codes or any(word in plain for word in self._graver_words)

    def conduct_codes(self, offence: Offence, section: Section | None, aggravated: bool) -> list[OffenceCode]:
        """Codes of a stalking or harassment with this section; all of its sections where it is None."""
        wanted = "8M" if aggravated else {Offence.STALKING: "8Q", Offence.HARASSMENT: "8L"}[offence]
        return [
            code
            for code in self.codes.values()
            if code.class_ == wanted and code.sections and (section is None or section in code.sections)
        ]


@cache
def offence_table() -> OffenceTable:
    return OffenceTable(tomllib.loads((files("conduct_rules") / "offences.toml").read_text("utf-8")))
