"""The one error of this package."""


class Problem(Exception):
    """Something the operator can put right; its text is the sentence to print."""
