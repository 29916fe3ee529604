"""BigGAN's blocks against the plainest PyTorch, with copied weights."""

import keras
import numpy as np
import pytest
from checks import to_numpy

from keras_gan_zoo.blocks import residual
from keras_gan_zoo.models.biggan import deep, networks

torch = pytest.importorskip("torch")
from torch.nn import functional  # noqa: E402

LENGTH = 5  # of the condition


def make():
    return keras.initializers.RandomNormal(stddev=0.5)


def normalize_by(vector):
    return networks.normalizer(vector, [], make)


class Plain:
    """Functions with the kernels of a network, divided by an exact norm."""

    def __init__(self, network):
        self.layers = {layer.name: layer for layer in network.layers}

    def kernel(self, layer):
        """In PyTorch's order; the layer's estimate of its norm is made exact.

        The power iteration then stands still.
        """
        kernel = to_numpy(layer.layer.kernel)
        matrix = kernel.reshape(-1, kernel.shape[-1])
        _, values, vectors = np.linalg.svd(matrix, full_matrices=False)
        layer.u.assign(vectors[:1])
        order = (3, 2, 0, 1) if kernel.ndim == 4 else (1, 0)
        return torch.tensor(kernel.transpose(order) / values[0])

    def conv(self, name, x):
        layer = self.layers[f"{name}_sn"]
        kernel = self.kernel(layer)
        bias = torch.tensor(to_numpy(layer.layer.bias))
        return functional.conv2d(x, kernel, bias, padding=kernel.shape[-1] // 2)

    def norm(self, name, x, y):
        layer = self.layers[name]
        gain, bias = (
            functional.linear(y, self.kernel(dense))[:, :, None, None]
            for dense in (layer.scale, layer.shift)
        )
        return (
            functional.batch_norm(x, None, None, training=True) * (1 + gain)
            + bias
        )


def doubled(x):
    return functional.interpolate(x, scale_factor=2, mode="nearest")


def g_block(plain, x, y):
    relu = functional.relu
    h = doubled(relu(plain.norm("b_normalize_0", x, y)))
    h = plain.conv("b_convolve_0", h)
    h = plain.conv("b_convolve_1", relu(plain.norm("b_normalize_1", h, y)))
    return h + plain.conv("b_shortcut", doubled(x))


def d_block(plain, x, y):
    h = plain.conv("b_convolve_0", functional.relu(x))
    h = plain.conv("b_convolve_1", functional.relu(h))
    shortcut = functional.avg_pool2d(plain.conv("b_shortcut", x), 2)
    return functional.avg_pool2d(h, 2) + shortcut


def deep_g_block(plain, x, y):
    relu = functional.relu
    h = plain.conv("b_convolve_0", relu(plain.norm("b_normalize_0", x, y)))
    h = doubled(relu(plain.norm("b_normalize_1", h, y)))
    h = plain.conv("b_convolve_1", h)
    h = plain.conv("b_convolve_2", relu(plain.norm("b_normalize_2", h, y)))
    h = plain.conv("b_convolve_3", relu(plain.norm("b_normalize_3", h, y)))
    return h + doubled(x[:, :4])


def deep_d_block(plain, x, y):
    h = plain.conv("b_convolve_0", functional.relu(x))
    h = plain.conv("b_convolve_1", functional.relu(h))
    h = plain.conv("b_convolve_2", functional.relu(h))
    h = functional.avg_pool2d(functional.relu(h), 2)
    x = functional.avg_pool2d(x, 2)
    x = torch.cat([x, plain.conv("b_shortcut", x)], 1)
    return plain.conv("b_convolve_3", h) + x


CONVOLVE = residual.convolver(True, make)
BLOCKS = {
    "generator": (
        g_block,
        lambda x, y: residual.up_block(x, 4, normalize_by(y), CONVOLVE, "b"),
    ),
    "discriminator": (
        d_block,
        lambda x, y: residual.down_block(x, 12, CONVOLVE, "b", hidden=12),
    ),
    "deep generator": (
        deep_g_block,
        lambda x, y: deep.up_block(x, 4, normalize_by(y), CONVOLVE, "b"),
    ),
    "deep discriminator": (
        deep_d_block,
        lambda x, y: deep.down_block(x, 12, CONVOLVE, "b"),
    ),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_is_pytorchs(kind, rng):
    plain, block = BLOCKS[kind]
    x, y = keras.Input((4, 6, 8)), keras.Input((LENGTH,))
    network = keras.Model([x, y], block(x, y))
    for variable in network.trainable_variables:
        value = rng.normal(size=variable.shape).astype("float32")
        variable.assign(value)
    maps = rng.normal(1, 2, size=(3, 4, 6, 8)).astype("float32")
    vectors = rng.normal(size=(3, LENGTH)).astype("float32")
    with torch.no_grad():
        expected = plain(
            Plain(network),
            torch.tensor(maps.transpose(0, 3, 1, 2)),
            torch.tensor(vectors),
        )
    found = to_numpy(
        keras.ops.stop_gradient(network([maps, vectors], training=True))
    )
    expected = expected.numpy().transpose(0, 2, 3, 1)
    assert np.std(expected) > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-4)
