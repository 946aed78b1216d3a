"""A comparison's results in the formats of other tools, one file each."""
