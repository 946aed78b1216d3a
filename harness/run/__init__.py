"""Trials on Ray workers: agent steps, rounds, the ledger of renders."""
