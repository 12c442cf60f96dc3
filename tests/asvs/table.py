"""The whole table, in the standard's order."""

from __future__ import annotations

from tests.asvs import (
    table_v01_v02,
    table_v03,
    table_v04_v05,
    table_v06,
    table_v07_v08,
    table_v11_v12,
    table_v13_v14,
    table_v15_v16,
)
from tests.asvs.rows import Row

ROWS: tuple[Row, ...] = (
    *table_v01_v02.ROWS,
    *table_v03.ROWS,
    *table_v04_v05.ROWS,
    *table_v06.ROWS,
    *table_v07_v08.ROWS,
    *table_v11_v12.ROWS,
    *table_v13_v14.ROWS,
    *table_v15_v16.ROWS,
)
