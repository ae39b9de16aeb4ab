"""Promises hold what they say, and rare kinds do not fall silent."""

import numpy as np
from conduct_training.calibrate import expected_calibration_error, platt, temperature, threshold
from conduct_training.thresholds import FEWEST, LEAST_PRECISION, RULE_ONLY, guaranteed_from, least_confidence, promises


def test_forty_five_without_an_error_make_a_promise_and_forty_four_do_not() -> None:
    assert guaranteed_from([(1 - n / 1000, 1.0) for n in range(45)]) is not None
    assert guaranteed_from([(1 - n / 1000, 1.0) for n in range(44)]) is None


def test_one_error_needs_seventy_seven() -> None:
    pairs = [(1 - n / 1000, float(n != 5)) for n in range(77)]
    assert guaranteed_from(pairs) is not None
    assert guaranteed_from(pairs[:76]) is None


def test_the_least_confidence_keeps_precision() -> None:
    pairs = [(1 - n / 100, float(n < 30)) for n in range(60)]
    kept = [share for confidence, share in pairs if confidence >= least_confidence(pairs)]
    assert np.mean(kept) >= LEAST_PRECISION
    assert len(kept) > 30


def test_a_weak_kind_speaks_where_it_is_best_and_not_never() -> None:
    pairs = [(1 - n / 100, float(n % 2 == 0 or 10 < n < 20)) for n in range(60)]
    assert 0.75 < least_confidence(pairs) < 0.9


def test_a_kind_with_few_units_has_no_estimate_and_stays() -> None:
    few = [
        {"key": "rare", "unit": str(n), "confidence": 0.9, "right": True, "uncertain": False} for n in range(FEWEST - 1)
    ]
    made = promises(few)
    assert made["estimated"] == []
    assert made["least_confidence"]["review_outcome"] == RULE_ONLY


def test_copies_of_one_text_count_once() -> None:
    copies = [
        {"key": "k", "unit": str(n % 20), "confidence": 0.9, "right": True, "uncertain": False} for n in range(2000)
    ]
    made = promises(copies)
    assert made["promise_units"] == {"k": 20}
    assert made["guaranteed_from"] == {}


def test_calibration_recovers_known_probabilities() -> None:
    random = np.random.default_rng(1)
    logits = random.normal(0, 2, 4000)
    on = random.random(4000) < 1 / (1 + np.exp(-(0.5 * logits - 0.7)))
    slope, offset = platt(logits, on)
    assert abs(slope - 0.5) < 0.08
    assert abs(offset + 0.7) < 0.12
    p = 1 / (1 + np.exp(-(slope * logits + offset)))
    assert expected_calibration_error(p, on) < 0.03


def test_an_overconfident_choice_is_cooled() -> None:
    random = np.random.default_rng(2)
    true = random.integers(0, 3, 600)
    logits = random.normal(0, 1, (600, 3))
    logits[np.arange(600), true] += 1
    targets = np.eye(3, dtype=bool)[true]
    assert temperature(4 * logits, targets)["slope"] < 0.5


def test_a_threshold_for_few_positives_stays_near_the_middle() -> None:
    assert 0.4 < threshold(np.array([0.9, 0.1, 0.2]), np.array([True, False, False])) < 0.5
