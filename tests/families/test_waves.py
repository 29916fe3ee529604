"""A model of sounds: nobody but its modality knows that they are no images."""

import keras
import numpy as np
import pytest
from checks import EAGERLY
from families.toys import WaveGAN
from PIL import Image
from scipy.io import wavfile

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo.modalities import Audio

SOUNDS = Audio((1024, 1), rate=8000)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model that was trained with all callbacks, its file, its history."""
    folder = tmp_path_factory.mktemp("waves")
    keras.utils.set_random_seed(0)
    gan = WaveGAN(seed=0)
    gan.compile(penalty="r1", penalty_weight=0.1, ema_decay=0.9, **EAGERLY)
    sounds = SOUNDS.example(16)
    watched = [
        kgz.callbacks.grid_for(gan, None, folder / "samples"),
        kgz.callbacks.CollapseMonitor(every_steps=2),
        kgz.callbacks.Evaluate(sounds, metrics=["fid"], num_images=16),
    ]
    history = gan.fit(
        sounds, batch_size=8, epochs=2, verbose=0, callbacks=watched
    ).history
    gan.save(folder / "gan.keras")
    return gan, folder, history


def test_it_trains_and_is_measured(trained):
    gan, _, history = trained
    assert np.isfinite(list(history.values())).all()
    assert len(history["val_frechet_distance"]) == 2
    assert gan.generate(3, seed=0).shape == (3, 1024, 1)


def test_its_grid_is_of_spectrograms(trained):
    _, folder, _ = trained
    with Image.open(folder / "samples" / "epoch-0002.png") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert pixels.std() > 1
    assert (folder / "samples" / "progress.gif").exists()


def test_generate_writes_wav_files(trained, tmp_path, capsys):
    gan, folder, _ = trained
    out = tmp_path / "sound.wav"
    words = ["generate", folder / "gan.keras", "--num", 3, "--out", out]
    assert cli.main([str(word) for word in words]) == 0
    names = ["sound-0000.wav", "sound-0001.wav", "sound-0002.wav"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert names[2] in capsys.readouterr().out
    sounds = gan.generate(3, seed=0)
    for name, sound in zip(names, sounds):
        rate, samples = wavfile.read(tmp_path / name)
        assert rate == 8000
        np.testing.assert_allclose(samples / 32767, sound[:, 0], atol=1e-4)


def test_numbered_files_are_not_replaced(trained, tmp_path, capsys):
    _, folder, _ = trained
    mine = tmp_path / "sound-0001.wav"
    mine.write_text("mine")
    words = ["generate", folder / "gan.keras", "--num", 3, "--out"]
    words = [str(word) for word in [*words, tmp_path / "sound.wav"]]
    assert cli.main(words) == 2
    assert f"{mine} exists" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [mine.name]
    assert mine.read_text() == "mine"
    assert cli.main([*words, "--overwrite"]) == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_generate_sounds_into_a_folder(trained, tmp_path):
    gan, folder, _ = trained
    words = ["generate", folder / "gan.keras", "--num", 3, "--each", tmp_path]
    assert cli.main([str(word) for word in words]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["000000.wav", "000001.wav", "000002.wav"]
    rate, samples = wavfile.read(tmp_path / names[2])
    assert (rate, samples.shape) == (8000, gan.sample.shape[:1])


def test_it_is_evaluated_by_the_features_of_sounds(trained):
    gan, _, _ = trained
    found = kgz.evaluate(
        gan, SOUNDS.example(64), ["fid", "prdc"], num_images=80
    )
    assert {score.extractor for score in found.scores} == {"spectrum"}
    assert found.values["frechet_distance"] > 0
    with pytest.raises(ValueError, match="images"):
        kgz.evaluate(gan, SOUNDS.example(64), ["swd"], num_images=80)


def test_it_is_a_preset(trained, tmp_path):
    gan, _, _ = trained
    gan.save_to_preset(tmp_path / "preset")
    loaded = kgz.from_preset(tmp_path / "preset")
    np.testing.assert_allclose(
        gan.generate(2, seed=0), loaded.generate(2, seed=0), atol=1e-2
    )


def test_wrong_sounds_are_explained(trained):
    gan, _, _ = trained
    for wrong, message in (
        (SOUNDS.example(8)[:, :512], "1024"),
        (SOUNDS.example(8) * 30_000, "range"),
    ):
        with pytest.raises(ValueError, match=message) as error:
            gan.fit(wrong, verbose=0)
        assert "Expected" in str(error.value)
