"""PostgreSQL, a broker and the two commands of a machine that has neither.

Imports no Django: settings call into it, and it starts the processes that Django then uses.
"""
