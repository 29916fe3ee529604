"""Presets: what ships loads and is good; what is damaged says so."""

import functools
import hashlib
import http.server
import json
import shutil
import threading

import keras
import numpy as np
import pytest
from checks import EAGERLY

import keras_gan_zoo as kgz
from keras_gan_zoo import recipes
from keras_gan_zoo.files import cards, presets, shipped
from keras_gan_zoo.recipes import build, exact

NAMES = list(kgz.list_presets())


def small_gan():
    keras.utils.set_random_seed(0)
    gan = kgz.DCGAN((8, 8, 1), latent_dim=5, filters=8, seed=0)
    gan.compile(ema_decay=0.5)
    digits = kgz.data.digits(batch_size=599)
    gan.fit(digits, epochs=2, verbose=0)
    return gan


@pytest.fixture(scope="module")
def mine():
    """A trained model: to be looked at, not to be trained."""
    return small_gan()


@pytest.fixture(scope="module")
def folder(mine, tmp_path_factory):
    path = tmp_path_factory.mktemp("presets") / "mine"
    mine.save_to_preset(path, description="A test.")
    return path


@pytest.fixture
def drawn(monkeypatch):
    """The initializers that draw weights during the test, a list."""
    drawn = []
    for cls in ("RandomNormal", "RandomUniform", "VarianceScaling"):
        cls = getattr(keras.initializers, cls)

        def draw(self, *args, original=cls.__call__, **kwargs):
            drawn.append(self)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(cls, "__call__", draw)
    return drawn


@pytest.mark.parametrize("name", NAMES)
def test_shipped(name, drawn):
    card = kgz.list_presets()[name]
    gan = kgz.from_preset(name)
    # JAX compiles every initializer for every shape, which took a preset from
    # half a second to fourteen.
    assert not drawn
    assert type(gan).__name__ == card["class"]
    assert int(gan.steps) == card["steps"] > 0
    assert not gan.compiled
    for key in ("description", "data", "licence", "command", "seed", "machine"):
        assert card[key] not in ("", None)
    path = shipped.path(name)
    assert path.stat().st_size < 10e6
    assert shipped.path(name, "sample.png").exists()
    recipe = json.loads(shipped.path(name, "recipe.json").read_text())
    assert recipe["command"] == card["command"]
    # `describe` and the flags of the command line trust the card.
    described = presets.description(gan)
    assert {key: card[key] for key in described} == described


RETRAINED = [
    name
    for name, card in kgz.list_presets().items()
    if card["command"].startswith("keras-gan-zoo train")
]


def examples(cls, config, num):
    """As many batches of one example of whatever a class reads."""
    gan = cls.from_config(dict(config))
    members = [m.example(1) for m in gan.modalities.values()]
    repeated = [np.repeat(member, num, axis=0) for member in members]
    makers = {
        ("image",): lambda x: kgz.data.arrays(x, batch_size=1),
        ("image", "label"): lambda x, y: kgz.data.arrays(x, y, batch_size=1),
        ("thumbnail", "image"): lambda _, y: kgz.data.super_resolution_arrays(
            y, config["scale"], batch_size=1
        ),
        ("image", "image"): kgz.data.paired_arrays
        if cls.aligned
        else kgz.data.unpaired_arrays,
    }
    batches = makers[tuple(m.kind for m in cls.reads.values())](*repeated)
    batches.class_names = config.get("class_names")
    return batches


@pytest.mark.parametrize("name", RETRAINED)
def test_the_command_on_the_card_makes_its_configuration(name):
    card = kgz.list_presets()[name]
    recipe = recipes.of_preset(name)
    steps = card["steps"] // recipe.epochs  # schedules count them
    batches = examples(getattr(kgz, card["class"]), card["config"], steps)
    exact.check_exact(build.model(recipe, batches), card)


@pytest.mark.slow
def test_what_is_known_of_a_shipped_model_holds():
    """The card's figure, computed again from the file."""
    card = kgz.list_presets()["vanilla_gan_digits_8"]
    gan = kgz.VanillaGAN.from_preset("vanilla_gan_digits_8")
    found = kgz.evaluate(
        gan,
        kgz.data.digits(batch_size=100),
        ["fid"],
        "digits",
        num_images=10_000,
        subsets=0,
    )
    stored = card["evaluation"]["scores"][0]["values"]["frechet_distance"]
    assert found.values["frechet_distance"] == pytest.approx(stored, rel=0.01)


def test_images_survive_half_precision(mine):
    copy = presets.inference_copy(mine)
    np.testing.assert_array_equal(
        mine.generate(8, seed=0), copy.generate(8, seed=0)
    )
    assert not copy.averaged
    assert int(copy.steps) == 6


def test_what_float16_cannot_hold_is_kept(tmp_path):
    gan = kgz.DCGAN((8, 8, 1), latent_dim=5, filters=2)
    variance = gan.generator.get_layer("normalize_0").moving_variance
    variance.assign(keras.ops.full(variance.shape, 1e6))
    gan.save_to_preset(tmp_path / "large")
    loaded = kgz.from_preset(tmp_path / "large")
    layer = loaded.generator.get_layer("normalize_0")
    np.testing.assert_array_equal(layer.get_weights()[-1], 1e6)


def test_a_preset_computes_in_float32(tmp_path):
    gan = kgz.DCGAN((8, 8, 1), 5, filters=2, dtype="mixed_bfloat16")
    gan.save_to_preset(tmp_path / "rough")
    loaded = kgz.from_preset(tmp_path / "rough")
    assert gan.generator.layers[1].compute_dtype == "bfloat16"
    assert loaded.generator.layers[1].compute_dtype == "float32"
    images = gan.generate(8, seed=0), loaded.generate(8, seed=0)
    np.testing.assert_allclose(*images, atol=1e-2)


def test_loading_draws_no_weights(folder, drawn):
    kgz.DCGAN((8, 8, 1), latent_dim=5, filters=8)
    assert drawn
    drawn.clear()
    kgz.from_preset(folder)
    assert not drawn


def test_a_preset_of_ones_own(mine, folder):
    loaded = kgz.from_preset(folder)
    np.testing.assert_allclose(
        mine.generate(8, seed=0), loaded.generate(8, seed=0), atol=1e-2
    )
    card = cards.read_card(folder / "card.json")
    assert card["description"] == "A test."
    # The weights in float16 and nothing else: below 2.5 bytes a weight.
    networks = (mine.generator, mine.discriminator)
    weights = sum(network.count_params() for network in networks)
    size = (folder / "model.keras").stat().st_size
    assert size < 2.5 * weights + 60_000
    with pytest.raises(FileExistsError, match="new folder"):
        mine.save_to_preset(folder)
    # It can be trained further.
    loaded.compile(**EAGERLY)
    loaded.fit(kgz.data.digits(batch_size=599), verbose=0)
    assert int(loaded.steps) == 9


def test_keras_itself_loads_it(folder):
    gan = keras.saving.load_model(folder / "model.keras")
    images = kgz.from_preset(folder).generate(2, seed=0)
    np.testing.assert_array_equal(gan.generate(2, seed=0), images)


def test_wrong_names_and_classes():
    with pytest.raises(ValueError, match="Did you mean 'vanilla_gan_digits_8'"):
        kgz.from_preset("vanila_gan_digits_8")
    with pytest.raises(ValueError, match=r"VanillaGAN\.from_preset\('vanilla_"):
        kgz.DCGAN.from_preset("vanilla_gan_digits_8")


def test_a_flipped_byte_and_a_truncated_file(folder, tmp_path):
    content = (folder / "model.keras").read_bytes()
    middle = len(content) // 2
    flipped = bytes([content[middle] ^ 1])
    for name, damaged in (
        ("flipped", content[:middle] + flipped + content[middle + 1 :]),
        ("truncated", content[:-100]),
    ):
        copy = tmp_path / name
        shutil.copytree(folder, copy)
        (copy / "model.keras").write_bytes(damaged)
        with pytest.raises(ValueError, match="Received"):
            kgz.from_preset(copy)


def test_another_file_beside_the_card(mine, folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    mine.save(copy / "model.keras")
    with pytest.raises(ValueError, match="does not match the card"):
        kgz.from_preset(copy)
    (copy / "model.keras").unlink()
    with pytest.raises(ValueError, match="no such file"):
        kgz.from_preset(copy)


def test_newer_and_foreign_cards(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    path = copy / "card.json"
    card = json.loads(path.read_text())
    path.write_text(json.dumps({**card, "format": cards.FORMAT + 1}))
    with pytest.raises(ValueError, match="newer keras_gan_zoo"):
        kgz.from_preset(copy)
    for foreign in ("[]", "{}", "no json"):
        path.write_text(foreign)
        with pytest.raises(ValueError, match="Expected the card"):
            kgz.from_preset(copy)


@pytest.fixture
def address(folder, tmp_path, monkeypatch):
    """A server of this machine, with a preset and a hub that has it."""
    monkeypatch.setattr(
        presets,
        "_downloaded",
        functools.partial(presets._downloaded, cache_dir=tmp_path / "cache"),
    )
    hub = tmp_path / "served" / "user" / "name" / "resolve" / "main"
    shutil.copytree(folder, hub)
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=tmp_path / "served"
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("on_a_hub", [False, True])
def test_from_a_server(on_a_hub, folder, address, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", address)
    url = f"{address}/user/name/resolve/main/model.keras"
    preset = "hf://user/name" if on_a_hub else url
    content = (folder / "model.keras").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    gan = kgz.DCGAN.from_preset(preset, sha256=sha256)
    assert gan.generate(2).shape == (2, 8, 8, 1)
    with pytest.raises(ValueError, match="sha256="):
        kgz.from_preset(preset)
    with pytest.raises(ValueError, match=f"the file {url}"):
        kgz.from_preset(preset, sha256="0" * 64)
