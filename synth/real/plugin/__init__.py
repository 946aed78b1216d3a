"""Plug-ins: VST3, VST2 and Audio Units, rendered faster than real time."""
