import zipfile

import numpy as np
import pytest

from networks.base import AudioFormat
from networks.features import COUNT, features
from networks.model import fit_to_format, load, predictor, soft_bins, soft_point

AUDIO = AudioFormat(8_000, 1_024)


def test_soft_bins_reach_into_neighbours_and_wrap_round(tensorflow):
    ends = soft_bins(np.array([[0.01, 0.01]], np.float32), [False, True], 16).numpy()[0]
    assert ends.sum(axis=-1) == pytest.approx(1)
    assert ends.argmax(axis=-1).tolist() == [0, 0]
    assert ends[0, -1] < 1e-6
    assert ends[1, -1] > 0.1


def test_the_soft_point_is_the_mean_and_on_a_circle_its_direction(tensorflow):
    logits = np.full((1, 2, 4), -30, np.float32)
    logits[0, :, 0] = logits[0, :, 3] = 0
    straight, round_ = soft_point(tensorflow.constant(logits), [False, True]).numpy()[0]
    assert straight == pytest.approx(0.5, abs=1e-5)
    assert min(round_, 1 - round_) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("seconds", "rate", "words"),
    [
        (0.128, 8_000, []),
        (1.0, 8_000, ["cut", "0.128 s"]),
        (0.05, 8_000, ["padded", "0.128 s"]),
        (0.128, 16_000, ["16000 Hz", "8000 Hz"]),
    ],
)
def test_other_lengths_and_rates_are_converted_and_described(seconds, rate, words):
    time = np.arange(round(seconds * rate)) / rate
    fitted, changes = fit_to_format(np.sin(2 * np.pi * 500 * time).astype(np.float32), rate, AUDIO)
    assert len(changes) == bool(words)
    assert all(word in changes[0] for word in words)
    assert fitted.shape == (1_024,)
    assert fitted.dtype == np.float32
    length = min(len(fitted), round(seconds * 8_000)) - 40
    expected = np.sin(2 * np.pi * 500 * np.arange(length) / 8_000)
    assert np.abs(fitted[:length] - expected)[40:].max() < 0.02


def test_one_sound_and_many_have_the_same_features():
    random = np.random.default_rng(0)
    sounds = random.normal(size=(3, 1_024)).astype(np.float32)
    together = features(sounds, AUDIO)
    assert together.shape == (3, COUNT)
    assert np.isfinite(together).all()
    assert np.allclose(together[1:2], features(sounds[1:2], AUDIO), atol=1e-3)
    assert features(sounds[:0], AUDIO).shape == (0, COUNT)


def test_features_of_silence_are_numbers():
    assert np.isfinite(features(np.zeros((1, 1_024), np.float32), AUDIO)).all()


def test_a_saved_model_predicts_the_same(small, stream, tmp_path):
    model = small()
    model.save(tmp_path / "model.keras")
    inputs = [stream(0).sounds]
    assert (predictor(load(tmp_path / "model.keras"))(inputs) == predictor(model)(inputs)).all()


def test_a_damaged_file_is_refused_in_one_line(small, tmp_path):
    path = tmp_path / "model.keras"
    small().save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="is not a model") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_model_with_code_is_refused(tensorflow, tmp_path):
    import keras

    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x + 1)]).save(path)
    assert zipfile.is_zipfile(path)
    with pytest.raises(ValueError, match="is not a model"):
        load(path)
