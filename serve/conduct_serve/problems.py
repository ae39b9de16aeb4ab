"""Errors a user can mend: each names the file and what to do. They end a command without a traceback."""


class UnusableInput(Exception):
    """The export or a setting cannot be used at all; nothing was written."""


class Interrupted(Exception):
    """The run stopped part-way; running it again resumes."""
