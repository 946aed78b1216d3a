"""ga-synth for Python: match sounds, run comparisons, read their results, and write plug-ins.

These names are the public interface; everything else may change without notice::

    import ga_synth

    comparison = ga_synth.load("first.yaml", budget=400)
    results = comparison.run(workers=2)
    results.trials, results.curves, results.diversity, results.measures   # pandas data frames
    results.answers().answers[0].headline.text
    results.report()                                                      # path of the HTML report
    results.best("bass").sound                                            # a numpy array
    ga_synth.match("kick.wav").knobs                                      # from a sound to a patch

Plug-ins derive from ``Fitness``, ``StreamingFitness``, ``Search``, ``PopulationSearch``,
``Strategy``, ``Synth`` or ``Network``; ``ga_synth.testing`` checks them from pytest.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from common.errors import InputError
    from fitness.base import Fitness
    from fitness.stft import powers_of
    from fitness.streaming import SoundStream, StreamingFitness
    from harness.api.load import LoadedComparison, load, run
    from harness.api.match import MatchedSound, MatchResult, match
    from harness.api.results import BestSound, ComparisonResults, results
    from harness.plan.experiment import Experiment
    from networks.base import AudioFormat, Network
    from strategies.base import AgentSpec, Exchange, Phase, SearchChoice, Standing, Strategy
    from strategies.hints import Hints
    from strategies.limits import Limits
    from strategies.proposal import Proposal
    from strategies.searches.base import Collection, PopulationSearch, Search, Sight
    from synth.base import Synth
    from synth.real.base import RealSynth
    from synth.sound import read_sound
    from synth.space import Parameter, ParameterSpace

# Where each name is defined. It is imported on first use, so that `import ga_synth` is cheap.
_WHERE = {
    "AgentSpec": "strategies.base",
    "AudioFormat": "networks.base",
    "BestSound": "harness.api.results",
    "Collection": "strategies.searches.base",
    "ComparisonResults": "harness.api.results",
    "Exchange": "strategies.base",
    "Experiment": "harness.plan.experiment",
    "Fitness": "fitness.base",
    "Hints": "strategies.hints",
    "InputError": "common.errors",
    "Limits": "strategies.limits",
    "LoadedComparison": "harness.api.load",
    "MatchResult": "harness.api.match",
    "MatchedSound": "harness.api.match",
    "Network": "networks.base",
    "Parameter": "synth.space",
    "ParameterSpace": "synth.space",
    "Phase": "strategies.base",
    "PopulationSearch": "strategies.searches.base",
    "Proposal": "strategies.proposal",
    "RealSynth": "synth.real.base",
    "Search": "strategies.searches.base",
    "SearchChoice": "strategies.base",
    "Sight": "strategies.searches.base",
    "SoundStream": "fitness.streaming",
    "Standing": "strategies.base",
    "Strategy": "strategies.base",
    "StreamingFitness": "fitness.streaming",
    "Synth": "synth.base",
    "load": "harness.api.load",
    "match": "harness.api.match",
    "powers_of": "fitness.stft",
    "read_sound": "synth.sound",
    "results": "harness.api.results",
    "run": "harness.api.load",
}

__all__ = [
    "AgentSpec",
    "AudioFormat",
    "BestSound",
    "Collection",
    "ComparisonResults",
    "Exchange",
    "Experiment",
    "Fitness",
    "Hints",
    "InputError",
    "Limits",
    "LoadedComparison",
    "MatchResult",
    "MatchedSound",
    "Network",
    "Parameter",
    "ParameterSpace",
    "Phase",
    "PopulationSearch",
    "Proposal",
    "RealSynth",
    "Search",
    "SearchChoice",
    "Sight",
    "SoundStream",
    "Standing",
    "Strategy",
    "StreamingFitness",
    "Synth",
    "load",
    "match",
    "powers_of",
    "read_sound",
    "results",
    "run",
]


_PACKAGES = ("common", "fitness", "harness", "networks", "simd", "strategies", "synth")


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'ga_synth' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _refuse_shadows() -> None:
    """Fail early and clearly if a user's own file would be imported instead of our package."""
    for package in _PACKAGES:
        spec = find_spec(package)
        ours = Path(__file__).resolve().parents[1] / package
        places = [] if spec is None else [spec.origin, *(spec.submodule_search_locations or ())]
        found = next((place for place in places if place), "nothing")
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent != ours:
            raise ImportError(
                f"ga-synth needs its own package {package!r}, but Python finds {found}; rename "
                "that, or start Python with -P so that it does not look in your folder first"
            )


_refuse_shadows()
