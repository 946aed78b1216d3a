"""Synths of the peers, each as a function of genomes: torchsynth, and a voice in Faust."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.baselines import RATE

Genomes = NDArray[np.float64]
Sounds = NDArray[np.float32]


def mend_torchsynth() -> None:
    """Put LightningModule where torchsynth 1.0.2, of 2022, looks for it; Lightning 2 moved it."""
    lightning = importlib.import_module("pytorch_lightning.core.module")
    sys.modules.setdefault("pytorch_lightning.core.lightning", lightning)


def torchsynth_voice(n: int, seconds: float) -> tuple[int, Callable[[Genomes], Any]]:
    """The number of genes of torchsynth's Voice, and what renders n genomes into a tensor."""
    import torch
    from torchsynth.config import SynthConfig
    from torchsynth.synth import Voice

    voice = Voice(SynthConfig(n, RATE, seconds))
    knobs = list(voice.get_parameters().values())

    def render(genomes: Genomes) -> Any:
        with torch.inference_mode():
            for knob, values in zip(knobs, torch.from_numpy(genomes.T), strict=True):
                knob.data.copy_(values)
            return voice.output().as_subclass(torch.Tensor)

    return len(knobs), render


def faust_voice(seconds: float) -> tuple[int, Callable[[Genomes], Sounds]]:
    """The number of genes of the voice in Faust, and what renders genomes one after another."""
    import dawdreamer

    engine = dawdreamer.RenderEngine(RATE, 512)
    voice = engine.make_faust_processor("voice")
    # Loops of 32 samples are a fifth faster than none; 8 and 16 alike, 64 slower than none.
    voice.compile_flags = ["-vec", "-vs", "32"]
    voice.set_dsp_string(Path(__file__).with_name("faust_voice.dsp").read_text())
    voice.compile()
    engine.load_graph([(voice, [])])

    def render(genomes: Genomes) -> Sounds:
        sounds = np.empty((len(genomes), round(seconds * RATE)), np.float32)
        for sound, genome in zip(sounds, genomes, strict=True):
            for knob, value in enumerate(genome):
                voice.set_parameter(knob, value)
            engine.render(seconds)
            sound[:] = engine.get_audio()[0]
        return sounds

    return len(voice.get_parameters_description()), render
