"""Networks of features for losses, with weights that need no download."""

import hashlib
import http.server
import threading

import keras
import numpy as np
import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo import perceptual
from keras_gan_zoo.metrics import efficientnet


def images(channels=3, size=32):
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 256, (2, size, size, channels))
    return (numbers / 127.5 - 1).astype("float32")


def maps_of(network, x):
    found = keras.tree.flatten(network.predict_on_batch(x))
    return [keras.ops.convert_to_numpy(map) for map in found]


@pytest.mark.parametrize("channels", [3, 1])
def test_efficientnet_is_that_of_the_metrics(channels):
    network = perceptual.efficientnet_lite(channels, scale=0.5)
    assert not network.trainable_variables
    assert network.count_params() < 320_000  # without the deep layers
    whole = efficientnet.load(*(f"{name}_relu" for name in perceptual.MAPS))
    x = images(channels)
    color = np.repeat(x, 3, axis=-1) if channels == 1 else x
    expected = maps_of(whole, efficientnet.preprocess(color, resize=None))
    found = maps_of(network, x)
    assert [m.shape[1] for m in found] == [16, 8, 4, 2]
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, 0.5 * b, atol=1e-3)
        assert b.std() > 0.1


def test_before_the_rectifier():
    before = perceptual.efficientnet_lite(maps=("b3_expand",), activated=False)
    after = perceptual.efficientnet_lite(maps=("b3_expand",))
    (before,), (after,) = (maps_of(n, images()) for n in (before, after))
    assert before.min() < 0
    np.testing.assert_allclose(before.clip(0, 6), after, atol=1e-5)
    with pytest.raises(ValueError, match="Did you mean 'b3_expand'"):
        perceptual.efficientnet_lite(maps=("b3_expanded",))


def test_layers_of_a_network_are_a_copy():
    discriminator = kgz.DCGAN((16, 16, 3), filters=2).discriminator
    names = [layer.name for layer in discriminator.layers[1:4:2]]
    network = perceptual.layers_of(discriminator, *names)
    x = images(size=16)
    before = maps_of(network, x)
    (first,) = maps_of(
        keras.Model(
            discriminator.input, discriminator.get_layer(names[0]).output
        ),
        x,
    )
    np.testing.assert_allclose(before[0], first, atol=1e-6)
    discriminator.set_weights([w + 1 for w in discriminator.get_weights()])
    for a, b in zip(before, maps_of(network, x)):
        np.testing.assert_array_equal(a, b)
    assert discriminator.trainable_variables
    with pytest.raises(ValueError, match="Unknown layer"):
        perceptual.layers_of(discriminator, "nothing")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Weights drawn at random, their URL and their sum."""
    folder = tmp_path_factory.mktemp("served")
    network = keras.applications.VGG19(weights=None, include_top=False)
    network.save_weights(folder / "vgg.weights.h5")
    path = folder / "vgg.weights.h5"
    md5 = hashlib.md5(path.read_bytes()).hexdigest()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=folder)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/vgg.weights.h5"
    yield network, url, md5
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "activated"), [("block5_conv4", True), ("block2_conv2", False)]
)
def test_vgg19_prepares_images_and_takes_a_map(
    served, tmp_path, layer, activated
):
    whole, url, md5 = served
    network = perceptual.vgg19(
        layer, activated=activated, scale=1.0, url=url, md5=md5,
        cache_dir=tmp_path,
    )  # fmt: skip
    assert not network.trainable_variables
    x = images()
    prepared = keras.applications.vgg19.preprocess_input(127.5 * x + 127.5)
    (expected,) = maps_of(
        keras.Model(whole.input, whole.get_layer(layer).output), prepared
    )
    (found,) = maps_of(network, x)
    if not activated:
        assert found.min() < 0
        found = found.clip(0)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    assert expected.std() > 1e-3


@pytest.mark.slow
def test_other_weights_are_refused(served, tmp_path):
    _, url, md5 = served
    with pytest.raises(ValueError, match=f"MD5 sum {'0' * 32}"):
        perceptual.vgg19(url=url, md5="0" * 32, cache_dir=tmp_path)
    with pytest.raises(ValueError, match=r"could not be downloaded.*404"):
        perceptual.vgg19(url=f"{url}x", md5=md5, cache_dir=tmp_path)
    with pytest.raises(ValueError, match="Did you mean 'block5_conv4'"):
        perceptual.vgg19("block5_conv_4")
