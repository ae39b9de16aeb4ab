"""The fixed rule that gives a new origin its split, once and for good.

The origin's name alone decides, through SHA-256, so nobody can choose by looking at scores. Contrast and invariance
origins go half to training and half to the held-out splits; other origins 58 : 15 : 15 : 12.
"""

import hashlib
from collections.abc import Mapping

from conduct_training.corpus import SPLITS, Split

RULE = "conduct-splits-1"
SHARES: Mapping[Split, float] = {"train": 0.58, "dev": 0.15, "calibration": 0.15, "test": 0.12}
GROUP_SHARES: Mapping[Split, float] = {"train": 0.50, "dev": 0.25, "calibration": 0.0, "test": 0.25}
GROUPED = ("contrast", "invariance")


def split_of(origin: str) -> Split:
    """The split of an origin by its name."""
    digest = hashlib.sha256(f"{RULE}/{origin}".encode()).digest()
    at = int.from_bytes(digest[:8], "big") / 2**64
    for split, share in (GROUP_SHARES if origin.startswith(GROUPED) else SHARES).items():
        if at < share:
            return split
        at -= share
    return SPLITS[0]
