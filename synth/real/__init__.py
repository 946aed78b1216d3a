"""Synths outside this process: plug-ins, Vital, Pure Data, and any MIDI synthesizer."""
