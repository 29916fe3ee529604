"""The FID's network against its reference, with weights drawn at random.

`inception_reference.json` holds the layers of torch-fidelity's network and
what that makes of the same weights and image.
"""

import hashlib
import http.server
import json
import pathlib
import pickle
import threading

import keras
import numpy as np
import pytest

from keras_gan_zoo.metrics import features, inception

REFERENCE = json.loads(
    pathlib.Path(__file__).with_name("inception_reference.json").read_text()
)
BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


def random_state(layers):
    """Arrays for all names of the file; signals keep their size."""
    rng = np.random.RandomState(0)
    state = {}
    for name, shape in layers.items():
        scale = (2 / np.prod(shape[1:])) ** 0.5
        values = {
            "conv.weight": rng.normal(0, scale, shape),
            "bn.weight": rng.uniform(0.8, 1.2, shape[0]),
            "bn.bias": rng.normal(0, 0.1, shape[0]),
            "bn.running_mean": rng.normal(0, 0.1, shape[0]),
            "bn.running_var": rng.uniform(0.8, 1.2, shape[0]),
        }
        state.update({f"{name}.{k}": v for k, v in values.items()})
    state["fc.weight"] = rng.normal(0, 0.02, (1008, 2048))
    state["fc.bias"] = rng.normal(size=1008)
    return {name: value.astype("float32") for name, value in state.items()}


def image():
    """One picture, wider than high, of smooth colours and noise."""
    rng = np.random.RandomState(1)
    ramp = np.linspace(0, 180, 30 * 44 * 3).reshape(1, 30, 44, 3)
    return (ramp + rng.uniform(0, 70, ramp.shape)).astype("uint8")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """URL, sum and folder of a file like the published one."""
    torch = pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("served")
    state = random_state(REFERENCE["layers"])
    path = folder / "weights.pth"
    torch.save({k: torch.tensor(v) for k, v in state.items()}, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=folder)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", sha256, folder
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def network(served, tmp_path_factory):
    url, sha256, _ = served
    cache = tmp_path_factory.mktemp("keras")
    return inception.load(f"{url}/weights.pth", sha256, cache)


@pytest.mark.slow
def test_layers(network):
    convolutions = {
        layer.name.removesuffix("-conv").replace("-", "."): layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D)
    }
    assert convolutions.keys() == REFERENCE["layers"].keys()
    for name, (filters, channels, *size) in REFERENCE["layers"].items():
        kernel = convolutions[name].kernel
        assert tuple(kernel.shape) == (*size, channels, filters), name
    assert len(convolutions) == 94
    # As torch-fidelity's, less the bias of the last layer.
    assert network.count_params() == 23_885_392 - 1008


@pytest.mark.slow
def test_features_and_probabilities(network, monkeypatch):
    monkeypatch.setattr(inception, "load", lambda: network)
    monkeypatch.setattr(features, "_named", features._named.__wrapped__)
    images = image().astype("float32") / 127.5 - 1
    found = features.get("inception")(images)
    assert found.shape == (1, 2048)
    np.testing.assert_allclose(
        found[0, :16], REFERENCE["features"], rtol=1e-4, atol=1e-5
    )
    assert found.mean() == pytest.approx(REFERENCE["features_mean"], rel=1e-5)
    assert found.std() == pytest.approx(REFERENCE["features_std"], rel=1e-4)
    p = features.get("inception_softmax")(images)
    assert p.shape == (1, 1008)
    np.testing.assert_allclose(p[0, :8], REFERENCE["probabilities"], rtol=1e-3)
    assert p.sum() == pytest.approx(1, rel=1e-5)


def test_averages_leave_out_the_padding():
    x = keras.Input((4, 4, 1))
    averaged = keras.Model(x, inception._pooled(x, 1, "test"))
    pool = averaged.layers[1]
    ones = np.ones((1, 4, 4, 1), "float32")
    np.testing.assert_allclose(keras.ops.convert_to_numpy(pool(ones)), ones)


def test_preprocess_puts_pixels_on_whole_numbers():
    # From 2 to 299 pixels the value at place i is that at 2 i / 299, and
    # beyond the last pixel its own.
    images = np.array([-1.0, 1.0]).reshape(1, 1, 2, 1)
    row = inception.preprocess(np.repeat(images, 3, axis=-1))[0, 0, :, 0]
    place = np.minimum(2 * np.arange(299) / 299, 1)
    np.testing.assert_allclose(row, (255 * place - 128) / 128, atol=1e-5)

    # With antialiasing they lie half a pixel off.
    clean = inception.preprocess(np.repeat(images, 3, axis=-1), "clean")
    assert np.abs(clean[0, 0, :, 0] - row).max() > 0.5

    # Between two 8-bit numbers there is none.
    between = inception.preprocess(np.repeat(0.999 * images, 3, axis=-1))
    np.testing.assert_array_equal(between[0, 0, :, 0], row)


def test_another_file_is_refused(served, tmp_path):
    url, sha256, folder = served
    (folder / "other.pth").write_bytes(b"not the weights")
    with pytest.raises(ValueError, match=f"SHA-256 sum {sha256}"):
        inception.load(f"{url}/other.pth", sha256, tmp_path)
    with pytest.raises(ValueError, match=r"could not be downloaded.*404"):
        inception.load(f"{url}/nothing.pth", sha256, tmp_path)


def test_code_in_the_file_is_not_run(served, tmp_path):
    torch = pytest.importorskip("torch")
    url, _, folder = served

    class Evil:
        def __reduce__(self):
            return pathlib.Path.touch, (tmp_path / "was_run",)

    torch.save({"fc.weight": Evil()}, folder / "evil.pth")
    sha256 = hashlib.sha256((folder / "evil.pth").read_bytes()).hexdigest()
    with pytest.raises(pickle.UnpicklingError, match="Weights only"):
        inception.load(f"{url}/evil.pth", sha256, tmp_path)
    assert not (tmp_path / "was_run").exists()


@pytest.mark.slow
def test_incomplete_weights(network):
    state = random_state(REFERENCE["layers"])
    del state["Mixed_7c.branch_pool.bn.bias"]
    with pytest.raises(ValueError, match=r"Mixed_7c\.branch_pool\.bn\.bias"):
        inception.set_weights(network, state)


@pytest.mark.slow
def test_comparable_numbers_on_cifar10(served, tmp_path, monkeypatch):
    """`benchmarks/cifar10.py` with the set of TFDS and the FID's network."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the script is the same on all backends")
    tfds = pytest.importorskip("tensorflow_datasets")
    monkeypatch.syspath_prepend(BENCHMARKS)
    import cifar10

    rng = np.random.default_rng(0)
    builder = tfds.builder("cifar10", data_dir=tmp_path / "tfds")

    def examples(num):
        for number in range(num):
            image = rng.integers(0, 256, (32, 32, 3)).astype("uint8")
            label, name = number % 10, str(number)
            yield number, {"image": image, "label": label, "id": name}

    tfds.dataset_builders.store_as_tfds_dataset(
        name="cifar10",
        version=str(builder.version),
        data_dir=tmp_path / "tfds",
        split_datasets={"train": examples(48), "test": examples(20)},
        features=builder.info.features,
        disable_shuffling=True,
    )
    url, sha256, _ = served
    load = inception.load
    monkeypatch.setattr(
        inception,
        "load",
        lambda: load(f"{url}/weights.pth", sha256, tmp_path / "keras"),
    )
    monkeypatch.setattr(features, "_named", features._named.__wrapped__)
    sets = cifar10.cifar10_data.load("tfds", tmp_path / "tfds")
    assert sorted(sets["test"][1]) == sorted(2 * [*range(10)])
    cifar10.main(
        [
            str(tmp_path / "runs"), "--data", "tfds",
            "--data-dir", str(tmp_path / "tfds"), "--extractor", "inception",
            "--only", "DCGAN", "--filters", "4", "--batch-size", "8",
            "--epoch-images", "16", "--minutes", "0.001",
            "--num-images", "40", "--dtype", "float32",
        ]
    )  # fmt: skip
    kept = tmp_path / "runs" / "DCGAN" / "evaluation.json"
    values = json.loads(kept.read_text(encoding="utf-8"))["values"]
    assert values["frechet_distance"][0] > 0
    table = (tmp_path / "runs" / "table.md").read_text(encoding="utf-8")
    assert "features of `inception`" in table
    assert "recompressed" not in table  # these numbers are comparable
