"""Demonstration calls: their script, the speech made from it, and the files."""
