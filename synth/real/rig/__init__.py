"""Rigs: any synthesizer with MIDI input, played over MIDI and recorded."""
