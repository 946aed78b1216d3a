"""Trials on Ray workers: agent steps, rounds, the ledger of renders."""

import logging

# Imported in a notebook, Ray would ask for widgets, of which nothing here makes any.
logging.getLogger("ray.widgets.util").setLevel(logging.WARNING)
