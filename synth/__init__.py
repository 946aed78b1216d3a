"""What makes sound: parameter spaces, synths and sound files. Knows nothing of search."""
