"""Plug-ins: VST3, VST2 and Audio Units, hosted without a clock."""
