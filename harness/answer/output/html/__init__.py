"""The report: one HTML file that needs nothing else, and a page to listen blindly."""
