"""Which records are screened at all (docs/contract.md, `out_of_scope`)."""

from conduct_rules.record import Record
from conduct_rules.rulebook import Rulebook


def out_of_scope(record: Record, book: Rulebook, all_offences: bool) -> str | None:
    """Why a record is not screened, or None where it is."""
    if record.recorded_on < book.first_day:
        return f"recorded before the first rules version ({book.first_day})"
    outside = record.is_crime and record.recorded is not None and not record.recorded.in_family
    if outside and not all_offences:
        return "recorded offence is outside the screened family (classes 8L, 8M, 8Q, 8R, 8U, breaches of orders)"
    return None
