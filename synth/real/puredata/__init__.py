"""Pure Data: a patch computed without a clock, or played live."""
