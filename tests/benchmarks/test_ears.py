"""Agreement with listeners: on studies made up here, and on the published ones, if given."""

import os
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.stats import spearmanr

from benchmarks import ears
from benchmarks.listeners import (
    agreement,
    distances_by,
    in_order,
    interval,
    read_studies,
    weighted_mean,
)
from fitness.waveform import Waveform

RANDOM = np.random.default_rng(3)
PUBLISHED = os.environ.get("GA_SYNTH_EARS")


def symmetric(count):
    upper = np.triu(RANDOM.random((count, count)), 1)
    return upper + upper.T


@pytest.fixture
def folder(tmp_path):
    """Two studies of four sounds of 20 to 40 ms."""
    for name in ("Smith1999_a", "Smith1999_b"):
        (tmp_path / "sounds" / name).mkdir(parents=True)
        (tmp_path / "dissimilarity").mkdir(exist_ok=True)
        for i in range(4):
            sound = 0.1 * RANDOM.standard_normal(882 if i < 2 else 1_764)
            soundfile.write(tmp_path / "sounds" / name / f"{i}.wav", sound, 44_100)
        np.savetxt(tmp_path / "dissimilarity" / f"{name}.txt", np.triu(symmetric(4)))
    return tmp_path


def test_agreement_is_counted_triplet_by_triplet():
    distances, ratings = symmetric(7), symmetric(7)
    shares, correlations = [], []
    for anchor in range(7):
        others = [i for i in range(7) if i != anchor]
        alike = []
        for one, other in combinations(others, 2):
            rated = (ratings[anchor, one] - ratings[anchor, other]) / ratings.max()
            if abs(rated) > 0.1:
                alike.append(rated * (distances[anchor, one] - distances[anchor, other]) > 0)
        shares.append(np.mean(alike))
        correlations.append(spearmanr(distances[anchor, others], ratings[anchor, others])[0])
    found = agreement(distances, ratings)
    assert found.triplets == pytest.approx(np.mean(shares))
    assert found.spearman == pytest.approx(np.mean(correlations))


def test_the_ratings_agree_with_themselves_and_nothing_with_a_constant():
    ratings = symmetric(8)
    assert agreement(ratings**3, ratings) == (1.0, pytest.approx(1.0))
    assert agreement(-ratings, ratings) == (0.0, pytest.approx(-1.0))
    assert agreement(np.ones((8, 8)), ratings) == (0.0, 0.0)


def test_pairs_are_padded_to_the_longer_sound_and_measured_both_ways(folder):
    study = read_studies(folder)[0]
    found = distances_by(Waveform, study)
    assert np.array_equal(found, found.T)
    assert not np.diag(found).any()
    short, long = study.sounds[0], study.sounds[3]
    padded = np.pad(short, (0, long.size - short.size))
    one, other = Waveform(padded, 44_100)([long]), Waveform(long, 44_100)([padded])
    assert found[0, 3] == pytest.approx((one[0] + other[0]) / 2)


def test_a_mean_over_studies_counts_sounds_and_lies_in_its_interval(folder):
    studies = read_studies(folder)
    values = np.array([0.5, 0.7])
    assert weighted_mean(studies, values) == pytest.approx(0.6)
    assert interval(studies, values) == pytest.approx((0.5, 0.7))
    assert interval(studies, np.array([0.4, 0.4])) == pytest.approx((0.4, 0.4))


def test_families_are_first_authors_and_one_laboratory_is_one_family(folder):
    (folder / "sounds" / "Smith1999_b").rename(folder / "sounds" / "Saitis2020")
    (folder / "dissimilarity" / "Smith1999_b.txt").rename(
        folder / "dissimilarity" / "Saitis2020.txt"
    )
    assert [study.family for study in read_studies(folder)] == ["Siedenburg", "Smith"]


def test_ratings_are_put_in_the_order_of_the_sounds_where_it_is_known(folder):
    study = read_studies(folder)[0]
    assert np.array_equal(in_order(study).ratings, study.ratings)
    assert in_order(replace(study, name="Grey1978")) is None
    sounds, ratings = 14 * [study.sounds[0]], symmetric(14)
    mended = in_order(replace(study, name="Siedenburg2016_e3", sounds=sounds, ratings=ratings))
    assert mended.ratings[1, 3] == ratings[3, 6]
    assert mended.ratings[0, 13] == ratings[0, 13]


def test_prints_every_distance_that_is_asked_for(folder, capsys):
    ears.main([str(folder), "--only", "waveform", "multi_scale_spectral"])
    printed = capsys.readouterr().out
    assert "2 studies, 8 sounds" in printed
    for word in ("waveform", "multi_scale_spectral", "Smith", "CDPAM"):
        assert word in printed


@pytest.mark.parametrize("break_it", ["nothing there", "a sound too many", "an unknown distance"])
def test_what_is_wrong_is_said_in_one_line(folder, capsys, break_it):
    only = ["--only", "waveform"]
    if break_it == "nothing there":
        (folder / "dissimilarity").rename(folder / "elsewhere")
    elif break_it == "a sound too many":
        soundfile.write(folder / "sounds" / "Smith1999_a" / "x.wav", np.ones(9), 44_100)
    else:
        only = ["--only", "wavefrom"]
    with pytest.raises(SystemExit) as ended:
        ears.main([str(folder), *only])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.skipif(not PUBLISHED, reason="GA_SYNTH_EARS: the folder of listening studies")
@pytest.mark.parametrize(
    ("name", "triplets"), [("spectrogram", 0.702), ("mfcc", 0.649), ("timbre", 0.737)]
)
def test_published_studies(name, triplets):
    studies = read_studies(Path(PUBLISHED))
    assert len(studies) == 11
    heard = ears.hear(name, studies)
    assert weighted_mean(studies, heard.triplets) == pytest.approx(triplets, abs=0.0006)
