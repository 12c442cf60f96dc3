"""Proves the log from what is stored: values, places, tree, signatures and outside copies."""
