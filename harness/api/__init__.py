"""What Python and the command line share: load a comparison, run it, and read its results."""
