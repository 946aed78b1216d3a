"""Plots of the report as SVG that takes the page's own ink, so that it reads in light and dark."""
