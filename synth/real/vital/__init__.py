"""Vital, the wavetable synthesizer, through its Python binding."""
