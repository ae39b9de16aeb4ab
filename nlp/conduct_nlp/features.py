"""Hashed n-grams. The hash is fixed (MurmurHash3 of scikit-learn), so a model needs no vocabulary file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from conduct_nlp.text import canonical

_WORD = r"[\w']+|[!?]"


@dataclass(frozen=True, slots=True)
class Hashing:
    """Width of each hashed block: whole-text words, whole-text characters, clause words."""

    words: int = 2**15
    characters: int = 2**15
    clause: int = 2**15

    def documents(self, narratives: Sequence[str]) -> csr_matrix:
        """(n, words + characters) log counts: word 1-2-grams, then character 3-5-grams within words."""
        texts = [canonical(text) for text in narratives]
        words = HashingVectorizer(
            ngram_range=(1, 2), n_features=self.words, alternate_sign=False, norm=None, token_pattern=_WORD
        )
        characters = HashingVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), n_features=self.characters, alternate_sign=False, norm=None
        )
        counts = hstack([words.transform(texts), characters.transform(texts)]).tocsr()
        counts.data = 1 + np.log(counts.data)
        return counts

    def clauses(self, texts: Sequence[str]) -> csr_matrix:
        """(n, clause) unit-length counts of word 1-3-grams."""
        words = HashingVectorizer(
            ngram_range=(1, 3), n_features=self.clause, alternate_sign=False, norm="l2", token_pattern=_WORD
        )
        return words.transform([canonical(text) for text in texts])

    def weighted(self, counts: csr_matrix, idf: NDArray[np.float64]) -> csr_matrix:
        """Log counts times inverse document frequency, each block of unit length."""
        scaled = counts.multiply(idf).tocsr()
        return hstack([normalize(scaled[:, : self.words]), normalize(scaled[:, self.words :])]).tocsr()


def inverse_document_frequency(counts: csr_matrix) -> NDArray[np.float64]:
    """ln((1 + n) / (1 + df)) + 1 for each hashed feature (scikit-learn's smooth idf)."""
    present = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + present)) + 1)
