"""What to cite for a comparison: the project, and the papers of the methods that it used."""

import re
from importlib.resources import files

from harness.answer.load import Results
from harness.plan.registry import own_version

_OWN = (
    "@software{ga-synth, author = {{the ga-synth authors}}, title = {ga-synth: Compare How "
    "Machines Search for the Synthesizer Knobs That Reproduce a Recorded Sound}, "
    "version = {VERSION}}"
)
_STATISTICS = ("efron1979", "wilcoxon1945", "demsar2006")
_GA = ("deb1995", "deb1996", "fortin2012")
_SOCIETY = ("minsky1986", "potter1994")
_DESCENT = ("levenberg1944", "marquardt1963", "jamieson2016", "wales1997", "thierens2005")
# Kind and name of what comes with ga-synth to the papers that it is made from; the docstrings say
# what is taken from each.
PAPERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("fitness", "fft_series"): ("allen1977",),
    ("fitness", "log_spectral"): ("gray1976",),
    ("fitness", "loudness"): (),
    ("fitness", "mfcc"): ("davis1980",),
    ("fitness", "multi_scale_spectral"): ("engel2020",),
    ("fitness", "pitch"): ("mcleod2005",),
    ("fitness", "spectral_envelope"): ("slaney1998",),
    ("fitness", "spectral_transport"): ("cazelles2021", "torres2024"),
    ("fitness", "spectrogram"): ("slaney1998",),
    ("fitness", "spectrogram_series"): ("slaney1998",),
    ("fitness", "timbre"): ("dau1997", "mcdermott2011"),
    ("fitness", "waveform"): ("wright2019",),
    ("fitness", "weighted"): (),
    ("search", "agency"): ("minsky1986", "thierens2005"),
    ("search", "cma_es"): ("hansen2016",),
    ("search", "descent"): _DESCENT,
    ("search", "ga"): _GA,
    ("search", "ga_crowding"): (*_GA, "mahfoud1995"),
    ("search", "ga_immigrants"): (*_GA, "grefenstette1992"),
    ("search", "ga_schedule"): (*_GA, "eiben1999"),
    ("search", "ga_set_point"): (*_GA, "ursem2002"),
    ("search", "ga_sharing"): (*_GA, "goldberg1987"),
    ("search", "l_shade"): ("tanabe2014",),
    ("search", "map_elites"): (*_GA, "mouret2015", "tjanaka2023"),
    ("search", "memetic"): (*_GA, "moscato1989"),
    ("search", "nsga2"): (*_GA, "deb2002"),
    ("search", "random"): ("bergstra2012",),
    ("strategy", "end_to_end"): (),
    ("strategy", "hand_over"): (),
    ("strategy", "islands"): ("whitley1999",),
    ("strategy", "network"): (),
    ("strategy", "random"): ("bergstra2012",),
    ("strategy", "seeded_end_to_end"): (),
    ("strategy", "seeded_society"): _SOCIETY,
    ("strategy", "society"): _SOCIETY,
    ("strategy", "society_detected"): (*_SOCIETY, "omidvar2014"),
    ("strategy", "society_scrambled"): _SOCIETY,
}


def bibliography(results: Results) -> str:
    """Return BibTeX entries, with a comment for each method that has none here."""
    used = _used(results)
    keys = [*_STATISTICS, *(key for one in used for key in PAPERS.get(one, ()))]
    entries = papers()
    own = _OWN.replace("VERSION", own_version())
    foreign = [
        f"% {kind} {name}: a plug-in; cite what it says of its source"
        for kind, name in used
        if (kind, name) not in PAPERS
    ]
    lines = [own, *foreign, *(entries[key] for key in sorted(dict.fromkeys(keys)))]
    return "\n".join(lines) + "\n"


def papers() -> dict[str, str]:
    """Key to BibTeX entry of every paper, one a line."""
    text = files("harness.answer.exports").joinpath("papers.bib").read_text(encoding="utf-8")
    return {re.split(r"[{,]", line)[1]: line for line in text.splitlines()}


def _used(results: Results) -> list[tuple[str, str]]:
    """Kind and name of every fitness, judge, search and strategy, each once."""
    experiment = results.experiment
    found = [("fitness", choice) for key in ("fitness", "judges") for choice in experiment[key]]
    found += [("strategy", choice) for choice in experiment["strategies"]]
    searches = [c["options"].get("search", experiment["search"]) for c in experiment["strategies"]]
    names = [(kind, choice["name"]) for kind, choice in found]
    parts = [part for _, c in found for part in c["options"].get("parts", {})]
    names += [("fitness", part) for part in parts]
    names += [("search", s if isinstance(s, str) else s["name"]) for s in searches]
    return list(dict.fromkeys(names))
