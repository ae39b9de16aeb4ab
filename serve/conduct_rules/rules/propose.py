"""How a proposal names codes, class and section."""

from typing import Any

from conduct_nlp.vocabulary import Offence, Section

from conduct_rules.case import Case


def coded(case: Case, offence: Offence, section: Section | None) -> dict[str, Any]:
    """Code fields for `offence`: one code, or the candidates where the text leaves it open."""
    codes = case.codes_for(offence, section)
    classes = {code.class_ for code in codes}
    return {
        "recorded_code": case.recorded_code,
        "suggested_code": codes[0].code if len(codes) == 1 else None,
        "suggested_codes": tuple(code.code for code in codes) if len(codes) > 1 else (),
        "suggested_class": classes.pop() if len(classes) == 1 else None,
        "suggested_section": section,
    }
