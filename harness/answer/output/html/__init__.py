"""The report, one self-contained HTML file, and the page of the blind listening test."""
