"""Reads a narrative: text in, Reading out. Imports nothing of ours; its only I/O is its own model bundle."""

from conduct_nlp.bundle import BundleError
from conduct_nlp.reader import Reader
from conduct_nlp.reading import Finding, Quote, Reading

__all__ = ["BundleError", "Finding", "Quote", "Reader", "Reading"]
