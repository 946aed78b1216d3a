"""Synths outside of this process: plug-ins, Vital, Pure Data, and whatever hears MIDI."""
