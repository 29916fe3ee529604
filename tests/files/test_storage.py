"""What becomes of model files that are not what they seem."""

import contextlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import textwrap
import time
import zipfile

import h5py
import keras
import numpy as np
import pytest
from checks import to_numpy

import keras_gan_zoo as kgz
from keras_gan_zoo import VanillaGAN, load


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "gan.keras"
    gan = VanillaGAN(
        (4, 4, 1), 2, generator_units=(4,), discriminator_units=(4,)
    )
    gan.compile()
    gan.save(path)
    return path


@pytest.fixture
def file(saved, tmp_path):
    return pathlib.Path(shutil.copy(saved, tmp_path / "copy.keras"))


def rewritten(path, **members):
    """Replaces members of the archive: name with _ for . -> bytes."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    for name, value in members.items():
        name = {"weights": "model.weights.h5", "config": "config.json"}[name]
        if value is None:
            del contents[name]
        else:
            contents[name] = value
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in contents.items():
            archive.writestr(name, value)
    return path


@contextlib.contextmanager
def edited_weights(path):
    """The weights of a model file, open; closed they are in the file."""
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content, "a") as weights:
        yield weights
    rewritten(path, weights=content.getvalue())


def test_load(saved):
    gan = load(saved)
    assert gan.compiled
    assert gan.generate(2, seed=0).shape == (2, 4, 4, 1)
    assert not load(saved, compile=False).compiled


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load(tmp_path / "gan.keras")


def test_truncated_at_every_place(file):
    whole = file.read_bytes()
    for kept in (0, 1, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:kept])
        with pytest.raises(ValueError, match="truncated, damaged"):
            load(file)


def test_flipped_byte(file):
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    file.write_bytes(whole)
    with pytest.raises(ValueError, match="truncated, damaged"):
        load(file)


@pytest.mark.slow
def test_weights_that_are_damaged_inside_a_whole_file(file):
    """Each flip is explained, or changes but a number."""
    with zipfile.ZipFile(file) as archive:
        weights = archive.read("model.weights.h5")
    refused = 0
    for place in range(0, len(weights), len(weights) // 40):
        damaged = bytearray(weights)
        damaged[place : place + 8] = bytes(
            b ^ 0xFF for b in damaged[place : place + 8]
        )
        rewritten(file, weights=bytes(damaged))
        try:
            load(file)
        except ValueError:
            refused += 1
    assert refused > 5


@pytest.mark.parametrize(
    "members",
    [
        {"weights": None},
        {"config": None},
        {"config": b"{"},
        {"config": b"[]"},
        {"weights": b""},
        {"weights": b"not HDF5"},
    ],
)
def test_wrong_members(file, members):
    with pytest.raises(ValueError, match="Expected a"):
        load(rewritten(file, **members))


def test_foreign_files(tmp_path, file):
    (tmp_path / "text.keras").write_text("hello")
    with pytest.raises(ValueError, match="something else"):
        load(tmp_path / "text.keras")
    config = json.dumps({"class_name": "Nothing", "config": {}}).encode()
    with pytest.raises(ValueError, match="'Nothing'"):
        load(rewritten(file, config=config))
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(
        tmp_path / "dense.keras"
    )
    with pytest.raises(ValueError, match="'Sequential'"):
        load(tmp_path / "dense.keras")


@pytest.mark.parametrize(
    "hostile",
    [
        {"module": "os", "class_name": "system", "config": "touch PROOF"},
        {
            "module": "subprocess",
            "class_name": "Popen",
            "config": {"args": ["touch", "PROOF"]},
        },
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_hostile_configs_run_no_code(file, hostile, nested):
    proof = file.parent / "proof"
    hostile = json.loads(json.dumps(hostile).replace("PROOF", str(proof)))
    config = hostile
    if nested:
        with zipfile.ZipFile(file) as archive:
            config = json.loads(archive.read("config.json"))
        config["config"]["generator"] = hostile
    with pytest.raises(ValueError, match="cannot be restored"):
        load(rewritten(file, config=json.dumps(config).encode()))
    assert not proof.exists()


def test_hostile_lambda_runs_no_code(tmp_path):
    proof = tmp_path / "proof"
    path = str(proof)
    layer = keras.layers.Lambda(
        lambda x, p=path: __import__("pathlib").Path(p).touch() or x
    )
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.ReLU()(inputs))
    model.save(tmp_path / "lambda.keras")
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [keras.saving.serialize_keras_object(layer)],
        },
        "registered_name": "Sequential",
    }
    rewritten(tmp_path / "lambda.keras", config=json.dumps(config).encode())
    with pytest.raises(ValueError, match="cannot be restored"):
        load(tmp_path / "lambda.keras")
    assert not proof.exists()


def test_weights_that_are_not_finite(saved, tmp_path):
    gan = load(saved)
    variable = gan.generator.weights[0]
    variable.assign(to_numpy(variable) * np.nan)
    gan.save(tmp_path / "nan.keras")
    with pytest.raises(ValueError, match="NaN or infinity in"):
        load(tmp_path / "nan.keras")


@pytest.mark.parametrize("compile", [True, False])
def test_weights_of_another_model(file, tmp_path, compile):
    other = VanillaGAN(
        (4, 4, 1), 2, generator_units=(5,), discriminator_units=(4,)
    )
    other.compile()
    other.save(tmp_path / "other.keras")
    with zipfile.ZipFile(tmp_path / "other.keras") as archive:
        weights = archive.read("model.weights.h5")
    with pytest.raises(ValueError, match="cannot be restored"):
        load(rewritten(file, weights=weights), compile=compile)


@pytest.mark.parametrize("compile", [True, False])
def test_weights_that_are_missing(file, compile):
    with edited_weights(file) as weights:
        layers = weights["generator/layers"]
        layer = next(k for k in layers if len(layers[k]["vars"]))
        del layers[layer]["vars"]["0"]
    with pytest.raises(ValueError, match="cannot be restored"):
        load(file, compile=compile)


def test_without_its_optimizers_a_model_is_the_same(tmp_path):
    gan = VanillaGAN((4, 4, 1), 2, generator_units=(4,), seed=3)
    gan.compile(ema_decay=0.9)
    images = np.random.default_rng(0).uniform(-1, 1, (8, 4, 4, 1))
    gan.fit(images.astype("float32"), batch_size=4, verbose=0)
    gan.save(tmp_path / "gan.keras")
    bare = load(tmp_path / "gan.keras", compile=False)
    assert not bare.compiled
    assert bare.averaged
    assert int(bare.steps) == int(gan.steps) == 2
    for name in ("generator", "discriminator", "ema_generator"):
        theirs, ours = (getattr(x, name).get_weights() for x in (bare, gan))
        for pair in zip(theirs, ours, strict=True):
            np.testing.assert_array_equal(*pair)
    np.testing.assert_array_equal(
        to_numpy(bare.noise.state), to_numpy(gan.noise.state)
    )
    np.testing.assert_array_equal(
        bare.generate(4, seed=0), gan.generate(4, seed=0)
    )


def test_a_half_restored_optimizer_is_an_error(file):
    with edited_weights(file) as weights:
        slots = weights["optimizer/optimizers/adam/vars"]
        del slots[max(slots, key=int)]
    with pytest.raises(ValueError, match="cannot be restored"):
        load(file)


# ------------------------------------------------------------------- writing


def test_nothing_is_overwritten_unless_asked(saved, tmp_path):
    gan = load(saved)
    gan.save(tmp_path / "a.keras")
    before = (tmp_path / "a.keras").stat().st_mtime_ns
    time.sleep(0.01)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        gan.save(tmp_path / "a.keras", overwrite=False)
    assert (tmp_path / "a.keras").stat().st_mtime_ns == before
    gan.save(tmp_path / "a.keras")
    assert (tmp_path / "a.keras").stat().st_mtime_ns > before


# ------------------------------------------------------- between the backends

OTHERS = {"tensorflow", "jax", "torch"} - {keras.backend.backend()}


@pytest.mark.slow
@pytest.mark.parametrize("other", sorted(OTHERS))
def test_files_of_other_backends(other, tmp_path):
    """A file written there makes the same images here and trains on."""
    pytest.importorskip(other)
    script = """
        import sys, keras, numpy as np, keras_gan_zoo as kgz
        folder = sys.argv[1]
        gan = kgz.DCGAN((8, 8, 1), latent_dim=4, filters=4, seed=0)
        gan.compile(ema_decay=0.9, penalty="r1")
        gan.fit(kgz.data.digits(batch_size=599), verbose=0)
        gan.save(folder + "/gan.keras")
        np.save(folder + "/images.npy", gan.generate(8, seed=0))
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        env={**os.environ, "KERAS_BACKEND": other},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    gan = load(tmp_path / "gan.keras")
    assert int(gan.steps) == 3
    np.testing.assert_allclose(
        gan.generate(8, seed=0), np.load(tmp_path / "images.npy"), atol=1e-4
    )
    from keras_gan_zoo import data

    history = gan.fit(data.digits(batch_size=599), verbose=0).history
    assert np.isfinite(list(history.values())).all()
    assert int(gan.steps) == 6


@pytest.mark.parametrize("name", ["model.h5", "model", "model.keras.zip"])
def test_other_endings_are_refused(saved, tmp_path, name):
    with pytest.raises(ValueError, match=r"ends in \.keras"):
        load(saved).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    gan = kgz.VanillaGAN((4, 4, 1), 2, [2], [2])
    gan.save("~/models/gan.keras")
    gan.save_to_preset("~/preset")
    kgz.pictures.save("~/picture", kgz.pictures.grid(gan.generate(4)))
    assert isinstance(kgz.load("~/models/gan.keras"), kgz.VanillaGAN)
    assert isinstance(kgz.from_preset("~/preset"), kgz.VanillaGAN)
    gan.compile()
    grid = kgz.callbacks.SampleGrid("~/samples")
    backup = kgz.callbacks.Backup("~/backup")
    images = kgz.data.arrays(np.zeros((4, 4, 4, 1), "uint8"), batch_size=2)
    gan.fit(images, callbacks=[grid, backup], verbose=0)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert len(list((tmp_path / "home").iterdir())) == 5
