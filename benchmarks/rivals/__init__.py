"""Searches of other libraries as plug-ins: the rivals of ``descent``, through the same ledger."""
