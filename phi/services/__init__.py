"""The verbs of protected content."""
