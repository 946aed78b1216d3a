"""Plots of diversity over renders: of genomes, whole and section by section, and of sounds."""

from harness.answer.load import KEYS, Results, on_grid
from harness.answer.output.plots.drawing import bands, panels, plain_ticks, svg


def diversity_plot(results: Results) -> str:
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
    for i, (axis, (title, rows)) in enumerate(zip(axes, shown.items(), strict=True)):
        bands(axis, results.strategies, on_grid(results, rows, KEYS), "value", "strategy")
        axis.set(xscale="log", title=title, ylim=(0, None))
        plain_ticks(axis)
        if i % 3 == 0:
            axis.set_ylabel("diversity")
        if i >= len(shown) - 3:
            axis.set_xlabel("renders")
    return svg(figure, axes[0])
