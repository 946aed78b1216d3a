"""Pure Data (Pd): patches that are computed faster than real time, or played live."""
