"""List the parameters of a plug-in, and draft a map with sections guessed from their names."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from synth.real.child import Child, Died
from synth.real.plugin.plugin import Plugin, found_plugin, version_of

_START_S = 120.0
# The first match counts; parameters in the empty section, or without a match, stay fixed.
_SECTIONS = (
    ("", "bypass|program|master|^volume|^vol$|reverb|chorus|delay|echo|phaser|flanger|^eq|poly"),
    ("", "pan|voices|voice mode|legato|porta|glide|stereo|midi|mpe|preset|macro"),
    ("modulation", r"lfo|vibrato|tremolo|\bmod\b|modul|perform|stepper|depth|rate"),
    ("filter", r"filter|filt|vcf|cutoff|reson|\bres\b|\blpf|\bhpf|key ?track|drive"),
    ("pitch", r"pitch|tune|detune|semi|octave|transpose|coarse|fine|range"),
    ("envelope", r"attack|decay|sustain|release|\benv|adsr|hold|velocity|accent"),
    ("oscillator",
     r"osc|wave|shape|pulse|\bpw|noise|sub\b|sync|ring|\bfm\b|unison|mix|level|morph"),
)  # fmt: skip


def section_of(name: str) -> str:
    """Guess the section of a parameter from its name; empty if it should not be a gene."""
    spaced = re.sub(r"[_\-./]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).lower()
    return next((section for section, words in _SECTIONS if re.search(words, spaced)), "")


def about_plugin(given: str, folder: Path) -> dict[str, Any]:
    """Return the name, version, path, buses and parameters of a plug-in.

    Args:
        given: its path, or its name if it is in one of the system's folders.
        folder: the folder that a relative path starts from.

    Raises:
        ValueError: with one line, if it is missing or cannot be loaded.
    """
    if lacking := Plugin.missing():
        raise ValueError(lacking)
    path = found_plugin(given, folder)
    options = {"path": str(path), "start": "", "fresh": "none", "channel": 0, "preroll": 0.0}
    child = Child(Plugin.host, options, _START_S)
    try:
        found: dict[str, Any] = child.call("about", seconds=_START_S)
    except Died as death:
        raise ValueError(f"plug-in {path.name}: {death}") from None
    finally:
        child.close()
    return {**found, "path": str(path), "version": version_of(path)}


def first_map(about: Mapping[str, Any]) -> str:
    """Return a draft of a map, as YAML: genes with guessed sections, all else fixed as it is."""
    genes: dict[str, Any] = {}
    fixed: dict[str, float] = {}
    for row in about["parameters"]:
        section = section_of(row["name"])
        if not section:
            fixed[row["name"]] = round(row["value"], 6)
            continue
        gene: dict[str, Any] = {"section": section, "to": row["name"]}
        if row["steps"]:
            gene["steps"] = row["steps"]
        genes[_gene_name(row["name"], genes)] = gene
    origin = {"name": about["name"], **({"version": v} if (v := about.get("version")) else {})}
    whole = {
        "about": f"{about['name']}: a draft; its sections are guessed from names.",
        "synth": "plugin",
        "of": origin,
        "note": {
            "pitch": {"low": 24, "high": 96},
            "onset": {"low": 0.0, "high": 0.5, "curve": "square"},
            "length": {"low": 0.02, "high": 4.0, "curve": "log"},
            "gain": {"low": -30.0, "high": 6.0},
            "bend": 2,
        },
        "genes": genes,
        "fixed": fixed,
    }
    head = "# Values are those of the plug-in, from 0 to 1. A switch needs its number of `steps`.\n"
    return head + yaml.safe_dump(whole, sort_keys=False, default_flow_style=None, width=110)


def _gene_name(name: str, taken: Mapping[str, Any] | Sequence[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "gene"
    while plain in taken or plain in ("pitch", "velocity", "onset", "length", "gain"):
        plain += "_2"
    return plain
