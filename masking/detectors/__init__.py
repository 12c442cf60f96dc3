"""Detectors: tokens and their surroundings in, findings out."""
