"""Whatever hears MIDI and makes sound, played and recorded."""
