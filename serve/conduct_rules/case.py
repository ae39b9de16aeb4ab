"""Everything a rule may look at: the record, its reading, the verdict and the law of the day."""

from dataclasses import dataclass
from functools import cached_property

from conduct_nlp.reading import Reading
from conduct_nlp.vocabulary import NOT_CYBER, Behaviour, MessageKind, Offence, Online, Order, Relationship, Section

from conduct_rules import legal
from conduct_rules.offences import OffenceCode, OffenceTable
from conduct_rules.record import Record
from conduct_rules.rulebook import Version
from conduct_rules.settings import RuleSettings
from conduct_rules.verdict import Verdict

CONDUCT = frozenset({Offence.STALKING, Offence.HARASSMENT})


@dataclass(frozen=True)
class Case:
    record: Record
    reading: Reading
    verdict: Verdict
    version: Version
    table: OffenceTable
    settings: RuleSettings

    @cached_property
    def word(self) -> Offence:
        """The guide's word for what was recorded; `other` for any offence outside the family."""
        recorded = self.record.recorded
        return (recorded.offence if recorded else None) or Offence.OTHER

    @property
    def recorded_code(self) -> str | None:
        recorded = self.record.recorded
        return recorded.code.code if recorded and recorded.code else None

    @property
    def recorded_section(self) -> Section | None:
        return self.record.recorded.section if self.record.recorded else None

    @property
    def recorded_aggravated(self) -> bool:
        return bool(self.record.recorded and self.record.recorded.aggravated)

    @property
    def recorded_coercive(self) -> bool:
        return bool(self.record.recorded and self.record.recorded.coercive)

    @cached_property
    def shown(self) -> Offence:
        """The offence the text shows as a matter of recording: a breach that is no crime shows none."""
        if self.verdict.offence is Offence.BREACH_OF_ORDER and not legal.breach_is_crime(self.reading):
            return Offence.OTHER
        return self.verdict.offence

    @property
    def offence_shown(self) -> bool:
        """Any offence at all that flags and outcomes attach to: of the family, or class 8U."""
        return self.shown is not Offence.OTHER or self.reading.has("coercive_control")

    @property
    def section(self) -> Section | None:
        return self.verdict.section

    @property
    def cyber(self) -> bool:
        return self.reading.has("cyber_enabled")

    @property
    def means(self) -> list[str]:
        """Means that make the offence cyber-enabled."""
        return [means for means in self.reading.values("online") if Online(means) not in NOT_CYBER]

    @cached_property
    def former_partner_presumption(self) -> bool:
        """In force, former partners, and neither known to be under age (rules 3.3, settled point 4)."""
        return (
            self.version.former_partner_presumption
            and self.reading.choice("relationship") == Relationship.EX_INTIMATE
            and self.both_adult
        )

    @cached_property
    def both_adult(self) -> bool:
        """Neither is known to be under the age of the version; an absent age counts as adult, and is said."""
        ages = (self.record.victim_age, self.record.suspect_age)
        return all(age is None or age >= self.version.adult_age for age in ages)

    @property
    def ages_assumed(self) -> bool:
        return self.record.victim_age is None or self.record.suspect_age is None

    @cached_property
    def racial_or_religious(self) -> bool:
        return self.reading.has("hostility") and (self.reading.has("race") or self.reading.has("religion"))

    @cached_property
    def breach_is_distinct(self) -> bool:
        """Also another notifiable offence (settled point 3)."""
        return any(self.reading.has(b) for b in (Behaviour.VIOLENCE, Behaviour.INTERFERENCE_WITH_PROPERTY))

    @cached_property
    def conduct_rests_on(self) -> tuple[str, ...]:
        """Labels whose quotes show what the conduct was."""
        reading = self.reading
        course = ["course_of_conduct"] if reading.has("course_of_conduct") else []
        return tuple(course + reading.values("behaviours") + reading.values("fixation"))

    def codes_for(self, offence: Offence, section: Section | None) -> list[OffenceCode]:
        """Codes in force on the day of the act that fit the reading; several where the text leaves it open."""
        if offence in CONDUCT:
            found = self.table.conduct_codes(offence, section, aggravated=self.racial_or_religious)
            limbs = legal.open_limbs(self.reading)
            return [c for c in found if c.limb is None or not limbs or c.limb in limbs]
        if offence is Offence.MALICIOUS_COMMUNICATIONS:
            return self._message_codes()
        return self._breach_codes() if offence is Offence.BREACH_OF_ORDER else []

    def _message_codes(self) -> list[OffenceCode]:
        day = self.record.act_on
        if day < self.version.communications_act_from:
            return [self.table.codes["008/72"]]
        given = kinds = set(self.reading.values("message_kind"))
        if MessageKind.THREATENING in kinds and not legal.threatens_death_by_message(self.reading):
            kinds = kinds - {MessageKind.THREATENING}  # a lesser threat by message has no code in this class
        fitting = [c for c in self.table.codes.values() if kinds & set(c.message) and c.exists_on(day)]
        return fitting or ([] if given else [self.table.codes["008/72"]])

    def _breach_codes(self) -> list[OffenceCode]:
        order, detail = self.reading.choice("order"), self.reading.choice("order_detail")
        wanted = {detail, order} - {None}
        if order == Order.RESTRAINING_ORDER and detail not in ("restraining_on_conviction", "restraining_on_acquittal"):
            wanted = {"restraining_on_conviction", "restraining_on_acquittal"}
        found = [c for c in self.table.codes.values() if c.order in wanted and c.exists_on(self.record.act_on)]
        return [c for c in found if c.code != "068/16"]
