"""The plots of the report, as SVG in the page's text colour for light and dark mode."""
