"""Labels to read again: where predictions cross-validated over origins contradict a label with confidence.

Method: confident learning (Northcutt et al. 2021, cleanlab). A flag says only that the label is unlike others on like
text: neither side is trusted, a person reads the record against the guide.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from cleanlab.filter import find_label_issues
from conduct_nlp.heads import WITH_EVIDENCE
from conduct_nlp.vocabulary import BY_NAME
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from conduct_training.bag import words
from conduct_training.corpus import Narrative, target

CHOICES = ("offence", "section", "relationship", "order", "breaches_since_order")
FLAGS = ("course_of_conduct", "cyber_enabled", "hostility")
FEWEST = 40
"""A value rarer than this says nothing when it is missed."""

Doubt = tuple[str, str, str, str, float]


def _vectors(texts: Sequence[str], fit_on: NDArray[Any]) -> csr_matrix:
    some = [texts[i] for i in fit_on]
    bag = words().fit(some)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True).fit(some)
    return hstack([bag.transform(texts), letters.transform(texts)]).tocsr()


def doubts(texts: Sequence[Narrative], folds: int = 5, say: Callable[[str], None] = lambda _: None) -> Iterator[Doubt]:
    """(id, field, value given, value predicted, probability of the value given), the most doubtful of a field first."""
    questions = _questions(texts)
    predicted = {name: np.zeros((len(texts), len(classes))) for name, (_, classes) in questions.items()}
    whole, origins = [n.text for n in texts], [n.origin for n in texts]
    for number, (fit_on, held) in enumerate(GroupKFold(folds).split(whole, groups=origins), 1):
        say(f"fold {number} of {folds}")
        rows = _vectors(whole, fit_on)
        for name, (given, classes) in questions.items():
            model = LogisticRegression(C=10, max_iter=200, solver="liblinear" if len(classes) == 2 else "lbfgs")
            model.fit(rows[fit_on], given[fit_on])
            predicted[name][np.ix_(held, model.classes_)] = model.predict_proba(rows[held])
    for name, (given, classes) in questions.items():
        sums = predicted[name].sum(axis=1, keepdims=True)
        sure = predicted[name] / np.where(sums > 0, sums, 1)
        found = find_label_issues(given, sure, return_indices_ranked_by="self_confidence", filter_by="both", n_jobs=1)
        for i in found:
            yield texts[i].id, name, classes[given[i]], classes[int(sure[i].argmax())], float(sure[i, given[i]])


def _questions(texts: Sequence[Narrative]) -> dict[str, tuple[NDArray[np.int64], list[str]]]:
    """Field or value → (class of each text, names of the classes)."""
    found: dict[str, tuple[NDArray[np.int64], list[str]]] = {}
    for name in CHOICES:
        given = [str(n.value(BY_NAME[name])) for n in texts]
        given = [v if name != "breaches_since_order" else str(min(int(v), 2)) for v in given]
        classes = sorted(set(given))
        found[name] = (np.array([classes.index(v) for v in given]), classes)
    for name in (*FLAGS, *WITH_EVIDENCE):
        field = BY_NAME[name]
        for value in field.values or (None,):
            on = np.array([int(target(n, field, value)) for n in texts])
            if on.sum() >= FEWEST:
                found[name if value is None else f"{name}={value}"] = (on, ["no", "yes"])
    return found
