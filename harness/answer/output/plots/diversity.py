"""Plots of diversity over renders: of genomes, whole and section by section, and of sounds."""

from harness.answer.load import KEYS, Results, on_grid
from harness.answer.output.plots.drawing import bands, panels, plain_ticks
from harness.answer.output.plots.interactive import Drawing


def diversity_plot(results: Results) -> Drawing:
    """Diversity over renders: assembled, evaluated, of sounds, then section by section."""
    shown = {
        "assembled": results.genetic_diversity("assembled"),
        "evaluated": results.genetic_diversity("evaluated"),
    }
    if len(results.sound_diversity):
        sounds = results.sound_diversity.rename(columns={"assembled": "value"})
        shown["sounds (dB)"] = sounds
    sections = [part for part in dict.fromkeys(results.diversity["part"]) if part != "whole"]
    shown |= {section: results.genetic_diversity("assembled", section) for section in sections}
    figure, axes = panels(len(shown), height=2.1, columns=3)
    for axis, (title, rows) in zip(axes, shown.items(), strict=True):
        bands(axis, results.strategies, on_grid(results, rows, KEYS), "value", "strategy")
        axis.set(xscale="log", title=title, ylim=(0, None), xlabel="renders", ylabel="diversity")
        plain_ticks(axis)
    return Drawing(figure, "diversity", axes[0])
