"""The one error of this package."""


class StartError(Exception):
    """Something the operator can put right; its text is the sentence to print."""
