"""Sounds as a kind of sample."""

import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest
from modality_checks import ModalityChecks
from scipy.io import wavfile

from keras_gan_zoo import metrics
from keras_gan_zoo.modalities import Audio, pictures
from keras_gan_zoo.modalities.spectrum import spectrogram

RATE = 8000
AUDIO = Audio((1024, 1), rate=RATE)


def tone(pitch, length=1024, rate=RATE, amplitude=1.0):
    time = np.arange(length) / rate
    return (amplitude * np.sin(2 * np.pi * pitch * time)).astype("float32")


class TestMono(ModalityChecks):
    modality = AUDIO
    one_file = False
    wrong = {
        "shape": (np.zeros((2, 512, 1)), r"\(batch, 1024, 1\).*\(2, 512, 1\)"),
        "axes": (np.zeros((2, 1024)), r"\[\.\.\., None\]"),
        "none": (np.zeros((0, 1024, 1)), "are no targets"),
        "type": (np.zeros((2, 1024, 1), "int16"), "wrong type.*int16.*32768"),
        "range": (np.full((2, 1024, 1), 32767.0), "range.*maximum 3.277e.04"),
        "nan": (np.full((2, 1024, 1), np.nan), "NaN or infinity"),
    }


class TestStereo(ModalityChecks):
    modality = Audio((3000, 2))
    one_file = False
    wrong = {"mono": (np.zeros((2, 3000, 1)), r"\(batch, 3000, 2\)")}


@pytest.mark.parametrize(
    "shape, rate", [((1024,), 1), ((0, 1), 1), (1024, 1), ((1024, 1), 0)]
)
def test_shapes_and_rates_that_are_none(shape, rate):
    with pytest.raises(ValueError, match=rf"Expected.*Received.*rate={rate}"):
        Audio(shape, rate)


def test_silence_is_warned_of():
    with pytest.warns(UserWarning, match="silence"):
        AUDIO.check(AUDIO.example(4) / 32768)


# ------------------------------------------------------------------- files


@pytest.mark.parametrize("channels", [1, 2])
def test_a_written_sound_comes_back(channels, tmp_path):
    audio = Audio((1024, channels), rate=RATE)
    sound = audio.example(1)
    sound[0, :5, 0] = -1, 1, 0, 1.6 / 32768, -0.6 / 32768
    (path,) = audio.write(tmp_path / "x.wav", sound)
    np.testing.assert_allclose(
        audio.read(path), sound[0], rtol=0, atol=1 / 32768
    )
    rate, levels = wavfile.read(path)
    assert rate == RATE
    assert levels.dtype == np.int16
    assert levels.reshape(1024, -1)[:5, 0].tolist() == [-32768, 32767, 0, 2, -1]


def test_several_sounds_get_numbers(tmp_path):
    sounds = AUDIO.example(3)
    paths = AUDIO.write(tmp_path / "x.wav", sounds)
    names = ["x-0000.wav", "x-0001.wav", "x-0002.wav"]
    assert AUDIO.files(tmp_path / "x", 3) == paths
    many = [path.name for path in AUDIO.files("x", 10_001)]
    assert many == sorted(many)
    assert AUDIO.files("x.png", 3) == [AUDIO.file("x.png")]
    assert [path.name for path in paths] == names
    for path, sound in zip(paths, sounds):
        np.testing.assert_allclose(AUDIO.read(path), sound, atol=1 / 32768)


def test_broken_models_are_heard(tmp_path):
    sound = np.full((1, 1024, 1), np.nan)
    sound[0, :2, 0] = np.inf, -3
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpy's, of NaN as an int
        (path,) = AUDIO.write(tmp_path / "x", sound)
    assert wavfile.read(path)[1][:3].tolist() == [32767, -32768, 0]


def test_a_name_of_a_picture_gets_the_preview(tmp_path):
    sounds = AUDIO.example(4)
    (path,) = AUDIO.write(tmp_path / "x.png", sounds)
    preview = AUDIO.preview(sounds)
    assert max(preview.shape) >= 256  # or it would be enlarged
    np.testing.assert_array_equal(pictures.read(path), preview)


@pytest.mark.parametrize(
    "kind, scale, offset",
    [
        ("int16", 2**15, 0),
        ("int32", 2**31, 0),
        ("uint8", 2**7, 128),
        ("float32", 1, 0),
        ("float64", 1, 0),
    ],
)
def test_kinds_of_wav_files(kind, scale, offset, tmp_path):
    sound = tone(300, amplitude=0.5).astype("float64")
    levels = sound * scale + offset
    if kind.startswith("f"):
        levels = levels.astype(kind)
    else:
        levels = np.round(levels).astype(kind)
    wavfile.write(tmp_path / "x.wav", RATE, levels)
    found = AUDIO.read(tmp_path / "x.wav")[:, 0]
    np.testing.assert_allclose(found, sound, atol=0.6 / min(scale, 2**20))


def test_24_bits(tmp_path):
    import wave

    levels = np.array([0, 2**22, -(2**23)])
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(RATE)
        four_bytes = levels.astype("<i4").view("u1").reshape(3, 4)
        file.writeframes(four_bytes[:, :3].tobytes())
    found = Audio((3, 1), RATE).read(tmp_path / "x.wav")
    assert found[:, 0].tolist() == [0, 0.5, -1]


@pytest.mark.parametrize("rate", [4000, 11025, 44100])
def test_other_rates_are_resampled(rate, tmp_path):
    # Much longer than wanted: what is cut off before does not change a thing.
    sound = tone(440, length=4 * rate, rate=rate, amplitude=0.5)
    wavfile.write(tmp_path / "x.wav", rate, sound)
    found = AUDIO.read(tmp_path / "x.wav")[:, 0]
    # The filter rings where the file begins.
    np.testing.assert_allclose(
        found[100:], tone(440, amplitude=0.5)[100:], atol=0.01
    )


@pytest.mark.parametrize(
    "channels, wanted, expected",
    [
        (2, 1, [0.25]),
        (1, 2, [0.5, 0.5]),
        (2, 2, [0.5, 0]),
        (4, 2, [0.125, 0.125]),
    ],
)
def test_channels_are_mixed_or_repeated(channels, wanted, expected, tmp_path):
    sound = np.zeros((8, channels), "float32")
    sound[:, 0] = 0.5
    wavfile.write(tmp_path / "x.wav", RATE, sound)
    found = Audio((8, wanted), RATE).read(tmp_path / "x.wav")
    np.testing.assert_allclose(found, np.tile(expected, (8, 1)))


def test_lengths_are_cut_or_filled_with_silence(tmp_path):
    sound = tone(440, length=1000)
    wavfile.write(tmp_path / "x.wav", RATE, sound)
    found = {
        length: Audio((length, 1), RATE).read(tmp_path / "x.wav")[:, 0]
        for length in (400, 1500)
    }
    np.testing.assert_array_equal(found[400], sound[:400])
    np.testing.assert_array_equal(found[1500][:1000], sound)
    np.testing.assert_array_equal(found[1500][1000:], 0)


@pytest.mark.parametrize("defect", ["cut", "empty", "nan", "rate", "text"])
def test_damaged_files(defect, tmp_path):
    path = tmp_path / "x.wav"
    sound = {"empty": tone(440)[:0], "nan": tone(440) * np.nan}
    rate = 2**30 - 1 if defect == "rate" else RATE
    wavfile.write(path, rate, sound.get(defect, tone(440)))
    if defect == "cut":
        path.write_bytes(path.read_bytes()[:-1001])
    if defect == "text":
        path.write_text("text")
    with pytest.raises(ValueError, match=r"Expected a wav.*Received: .*x\.wav"):
        AUDIO.read(path)


def test_a_kill_leaves_the_old_file_and_no_rest_for_long(tmp_path):
    path = tmp_path / "x.wav"
    old, new = AUDIO.example(2)[:, None]
    AUDIO.write(path, old)
    before = path.read_bytes()
    script = f"""
import os, signal
from keras_gan_zoo.modalities import Audio
audio = Audio((1024, 1), rate={RATE})
os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
audio.write({str(path)!r}, audio.example(1, seed=3))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], env=os.environ, check=False
    )
    assert run.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2  # and a hidden one
    AUDIO.write(path, new)
    assert list(tmp_path.iterdir()) == [path]


def test_importing_is_light():
    script = """
import sys
import keras_gan_zoo.modalities
heavy = {"keras", "tensorflow", "jax", "torch", "scipy", "h5py"}
sys.exit(", ".join(heavy & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert run.stderr.strip() == ""


# ---------------------------------------------------------------- pictures


def test_a_tone_lies_at_its_frequency():
    for pitch in (500, 1000, 2000, 3500):
        loudness = spectrogram(tone(pitch)[:, None])[8, :, 0]
        assert loudness.argmax() == pitch / RATE * 256
        assert loudness.max() == pytest.approx(1, abs=1e-3)
        picture = AUDIO.preview(tone(pitch)[None, :, None])[..., 0]
        assert 128 - picture[:, 8].argmax() == pitch / RATE * 256
        assert picture[:, 8].max() == 255


@pytest.mark.parametrize("decibels", [-6, -20, -60, -79])
def test_loudness_is_on_a_fixed_scale(decibels):
    sound = tone(1000, amplitude=10 ** (decibels / 20))[:, None]
    loudness = spectrogram(sound)[8, 32, 0]
    assert loudness == pytest.approx(1 + decibels / 80, abs=1e-3)
    # A louder neighbor in the picture changes nothing.
    alone = AUDIO.preview(sound[None], gap=0)
    both = AUDIO.preview(np.stack([sound, tone(300)[:, None]]), gap=0)
    np.testing.assert_array_equal(both[:, : alone.shape[1]], alone)


def test_time_goes_to_the_right():
    sound = tone(1000)
    sound[:512] = 0
    picture = AUDIO.preview(sound[None, :, None])[..., 0]
    assert picture[:, :6].max() == 0
    assert picture[:, 11:-2].max(axis=0).min() > 250


def test_silence_and_broken_models_are_black():
    for value in (0.0, np.nan):
        picture = AUDIO.preview(np.full((1, 1024, 1), value))
        assert picture.max() == 0
    # A single gap is no reason to hide the rest.
    sound = tone(1000)
    sound[512] = np.nan
    assert AUDIO.preview(sound[None, :, None])[:, 8].max() > 200


def test_channels_lie_below_each_other():
    stereo = np.stack([tone(1000), np.zeros(1024)], axis=-1)
    picture = Audio((1024, 2), RATE).preview(stereo[None])[..., 0]
    assert picture.shape == (2 * 129, 17)
    assert picture[:129, 8].argmax() == 128 - 32
    assert picture[129:].max() == 0


def test_long_sounds_fit_into_a_picture():
    picture = Audio((200_000, 1)).preview(np.zeros((1, 200_000, 1)))
    assert picture.shape[0] == 129
    assert 250 <= picture.shape[1] <= 257


@pytest.mark.parametrize("shape", [(1024, 1), (0, 1024, 1), (2, 1024, 2)])
def test_what_is_no_batch_of_sounds(shape, tmp_path):
    for use in (AUDIO.preview, lambda x: AUDIO.write(tmp_path / "x", x)):
        with pytest.raises(ValueError, match=r"Expected.*Received"):
            use(np.zeros(shape))
    assert not list(tmp_path.iterdir())


# ----------------------------------------------------------------- metrics


def chords(rng, num, lowest, highest):
    """Sounds whose pitch is drawn from a range."""
    pitches = rng.uniform(lowest, highest, num)
    sounds = np.stack([tone(pitch, amplitude=0.5) for pitch in pitches])
    noise = rng.normal(0, 0.01, sounds.shape)
    return (sounds + noise)[..., None].astype("float32")


@pytest.mark.parametrize("name", ["fid", "kid", "prdc"])
def test_metrics_tell_tones_apart(name, rng):
    real = chords(rng, 200, 300, 900)
    results = []
    for fake in (chords(rng, 200, 300, 900), chords(rng, 200, 1500, 3000)):
        found = {}
        for metric in metrics.get(name, AUDIO.features, num_subset=100):
            metric.update_real(real)
            metric.update_fake(fake)
            assert metric.report().extractor == "spectrum"
            found |= metric.result()
        results.append(found)
    same, other = results
    if name == "fid":
        assert other["frechet_distance"] > 3 * same["frechet_distance"]
    elif name == "kid":
        error = same["kernel_distance_std"]
        assert abs(same["kernel_distance"]) < 4 * error
        assert other["kernel_distance"] > 40 * error
    else:
        assert min(same["precision"], same["recall"]) > 0.7
        assert min(same["density"], same["coverage"]) > 0.7
        assert max(other.values()) < 0.1


def test_metrics_on_spoken_digits(real_data, rng):
    with np.load(real_data / "audio" / "spoken_digits_8k.npz") as file:
        sounds = rng.permutation(file["audio"])[:600, :, None]
    sounds = sounds.astype("float32") / 32768
    Audio((8000, 1), rate=8000).check(sounds)
    (metric, _) = metrics.get("prdc", "spectrum")
    metric.update_real(sounds[:300])
    results = []
    # Others of the same people, the same backward, the same with hiss.
    noise = rng.normal(0, 0.01, (300, 8000, 1))
    for fake in (
        sounds[300:],
        sounds[300:, ::-1],
        np.clip(sounds[300:] + noise, -1, 1),
    ):
        metric.reset_state(keep_real=True)
        metric.update_fake(fake)
        results.append(metric.result()["recall"])
    assert results[0] > 0.8
    assert max(results[1:]) < 0.2
