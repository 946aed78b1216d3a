"""Plots of variance over renders: of genomes, whole and section by section, and of sounds."""

from harness.answer.load import KEYS, Results, on_grid
from harness.answer.output.plots.drawing import bands, panels, plain_ticks, svg


def diversity_plot(results: Results) -> str:
    """Diversity over renders: assembled, as evaluated, of sound, then section by section."""
    shown = {
        "assembled": results.variance("assembled"),
        "as evaluated": results.variance("evaluated"),
    }
    if len(results.sound):
        shown["sounds, in dB"] = results.sound.rename(columns={"assembled": "value"})
    sections = [part for part in dict.fromkeys(results.diversity["part"]) if part != "whole"]
    shown |= {section: results.variance("assembled", section) for section in sections}
    figure, axes = panels(len(shown), height=2.1, columns=3)
    for i, (axis, (title, rows)) in enumerate(zip(axes, shown.items(), strict=True)):
        bands(axis, results.strategies, on_grid(results, rows, KEYS), "value", "strategy")
        axis.set(xscale="log", title=title, ylim=(0, None))
        plain_ticks(axis)
        if i % 3 == 0:
            axis.set_ylabel("variance")
    return svg(figure, axes[0])
