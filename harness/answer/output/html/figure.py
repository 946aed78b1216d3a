"""A figure in the page: its panels, its legend, and the file for papers, all within the page."""

from harness.answer.output.html.sound_cards import data_uri
from harness.answer.output.html.templates import filled
from harness.answer.output.plots.interactive import Drawing


def figure_markup(drawing: Drawing) -> str:
    """The markup of a figure, which the scripts of the page make interactive."""
    pdf = data_uri("application/pdf", drawing.pdf)
    return filled("figure.html", drawing=drawing, pdf=pdf).decode()
