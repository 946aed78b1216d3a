"""``ga-synth probe``: what it says, what it writes, that the report shows it, and mistakes."""

import json
import shutil

import numpy as np
import pytest

from harness.record.journal import Journal
from harness.record.sealed import read_record


@pytest.fixture
def probe(ga_synth, experiment_file, workers_here, tmp_path):
    """Probe the tiny experiment into a folder; gives what was said and the record."""

    def call(*words, **changes):
        done = ga_synth("probe", experiment_file(**changes), "--out", tmp_path / "out", *words)
        assert (done.code, done.err) == (0, "")
        stem = "probe-genes" if "--genes" in words else "probe"
        return done, read_record(tmp_path / "out" / "tiny" / f"{stem}.json")

    return call


def test_a_table_the_strongest_pairs_and_what_it_cost(probe, tmp_path):
    done, record = probe("--points", "3")
    assert "tiny: 48 renders" in done.out
    assert "charged 48 renders: 3 points × 16 probes for each of 1 target\n" in done.out
    assert (record["charged"], record["points"], record["between"]) == (48, 3, "sections")
    assert list(record["fitness"]) == ["waveform", "spectrogram"]
    for fitness, found in record["fitness"].items():
        assert 0 < max(found["share"]) <= 1
        assert f"By {fitness} the strongest interactions are " in done.out
        best = int(np.argmax(found["share"]))
        figure = "{:.2f} [{:.2f}, {:.2f}]".format(
            *(found[key][best] for key in ("share", "low", "high"))
        )
        # In the table, and in the sentence.
        assert done.out.count(figure) >= 2
    assert sorted(path.name for path in (tmp_path / "out" / "tiny").iterdir()) == [
        "probe.csv", "probe.json", "probe.svg",
    ]  # fmt: skip


def test_as_json(probe):
    done, record = probe("--points", "1", "--json")
    assert json.loads(done.out) == record


def test_between_genes(probe, tmp_path):
    done, record = probe("--points", "1", "--genes", fitness=["waveform"])
    assert record["charged"] == 1 + 46 + 46 * 45 // 2
    assert len(record["names"]) == 46
    assert "charged 1,082 renders" in done.out
    assert not (tmp_path / "out" / "tiny" / "probe.json").exists()


def test_the_report_shows_it(probe, ga_synth, tiny_journal, undrawing, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(tiny_journal.path, out / "tiny")
    page = Journal(out, "tiny").path / "report.html"
    with undrawing():
        assert ga_synth("report", "tiny", "--out", out).code == 0
    assert "<h3>Interactions</h3>" not in page.read_text()
    probe("--points", "1")
    assert ga_synth("report", "tiny", "--out", out).code == 0
    assert "<h3>Interactions</h3>" in page.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--points", "0"], ["--points", "greater than or equal to 1"]),
        (["--size", "smoke"], ["has no size 'smoke'"]),
        (["--set", "fitness=[wavefrom]"], ["'wavefrom'", "did you mean 'waveform'?"]),
        (["--workers", "-1"], ["--workers", "greater than or equal to 0"]),
    ],
    ids=str,
)
def test_mistakes_are_one_line_and_nothing_is_written(
    mistaken, experiment_file, tmp_path, words, said
):
    mistaken(["probe", experiment_file(), "--out", tmp_path / "out", *words], *said)
    assert not (tmp_path / "out").exists()


def test_one_section_is_nothing_to_compare(mistaken, experiment_file, tmp_path):
    (tmp_path / "plain.py").write_text(
        "import numpy as np\nfrom synth.base import Synth\n"
        "from synth.space import Parameter, ParameterSpace\n\n\n"
        "class Plain(Synth):\n"
        "    space = ParameterSpace([Parameter('level', 'amp', '', 0.0, 1.0, 'linear', 'how loud'),"
        " Parameter('hertz', 'amp', 'Hz', 55.0, 880.0, 'log', 'how high')])\n\n"
        "    def render_block(self, genomes):\n"
        "        level, hertz = self.space.to_values(genomes).T[:, :, None]\n"
        "        t = np.arange(self.samples) / self.sample_rate\n"
        "        return (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)\n"
    )
    path = experiment_file(synth="plain", plugins=["plain.py"], strategies=["random"])
    said = "synth 'plain' has one section; --genes looks into it"
    mistaken(["probe", path, "--out", tmp_path / "out"], said)
