"""The whole table. A new route needs a row in the module of its noun."""

from __future__ import annotations

from tests.access import table_admin, table_api, table_site
from tests.access.rows import Row

ROWS: list[Row] = [*table_api.ROWS, *table_site.ROWS, *table_admin.ROWS]
