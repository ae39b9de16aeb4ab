"""A text as a bag of words and word pairs: what the shortcut audit and the doubts look at."""

from sklearn.feature_extraction.text import TfidfVectorizer

WORD = r"(?u)\b\w+\b"


def words() -> TfidfVectorizer:
    """Words and pairs of them in at least two texts, by damped frequency; unfitted."""
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=WORD)
