"""Acts associated with stalking: the examples of section 2A(3), Protection from Harassment Act 1997."""

from conduct_nlp.reading import Reading
from conduct_nlp.vocabulary import Behaviour, Online

ACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("following", (Behaviour.FOLLOWING,)),
    (
        "contacting",
        (
            Behaviour.UNWANTED_COMMUNICATION,
            Behaviour.CONTACT_THROUGH_THIRD_PARTIES,
            Behaviour.APPROACHING_OR_ACCOSTING,
            Behaviour.GIFTS,
        ),
    ),
    ("publishing", (Online.DOXXING, Online.IMAGE_ABUSE, Online.FAKE_ACCOUNT, Online.SOCIAL_MEDIA)),
    ("monitoring", (Online.ACCOUNT_HACKING, Online.TRACKING_DEVICE_OR_SPYWARE)),
    ("loitering", (Behaviour.LOITERING_OR_TURNING_UP,)),
    ("interfering_with_property", (Behaviour.INTERFERENCE_WITH_PROPERTY,)),
    ("watching_or_spying", (Behaviour.SURVEILLANCE_OR_TRACKING,)),
)


def s2a3_acts(reading: Reading) -> list[str]:
    """The acts that the text shows, in the order of the statute."""
    return [act for act, labels in ACTS if any(reading.has(label) for label in labels)]
