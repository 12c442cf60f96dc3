"""Tables for download."""

from core.reports import csv_bytes, safe_cell

__all__ = ["csv_bytes", "safe_cell"]
