"""One search algorithm a file, each on the unit cube by ask and tell."""
