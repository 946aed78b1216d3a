"""The search algorithms, one in each file; all search the unit cube by ask and tell."""
