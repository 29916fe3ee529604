"""The networks of SNGAN are what plain PyTorch computes from their weights.

The plain code follows the order of the authors' code, in which a shortcut
repeats pixels before its convolution, and pools after it.
"""

import keras
import numpy as np
import pytest
from checks import to_numpy

from keras_gan_zoo import SNGAN
from keras_gan_zoo.layers import SpectralNormalization

torch = pytest.importorskip("torch")
F = torch.nn.functional


def tensor(array):
    return torch.tensor(np.asarray(array, "float32"), device="cpu")


class Plain:
    """Applies the layers of a network by their names, channels first."""

    def __init__(self, network, labels):
        self.network = network
        self.labels = labels

    def weights(self, name):
        """The kernel, divided by numpy's singular value, and the bias."""
        names = [layer.name for layer in self.network.layers]
        if name in names:
            layer = self.network.get_layer(name)
            return to_numpy(layer.kernel), layer.bias
        layer = self.network.get_layer(f"{name}_sn").layer
        kernel = to_numpy(layer.kernel)
        matrix = kernel.reshape(-1, kernel.shape[-1])
        sigma = np.linalg.svd(matrix, compute_uv=False)[0]
        return kernel / sigma, layer.bias

    def convolve(self, x, name):
        kernel, bias = self.weights(name)
        kernel = tensor(kernel).permute(3, 2, 0, 1)
        return F.conv2d(x, kernel, tensor(to_numpy(bias)), padding="same")

    def dense(self, x, name):
        kernel, bias = self.weights(name)
        bias = 0 if bias is None else tensor(to_numpy(bias))
        return x @ tensor(kernel) + bias

    def normalize(self, x, name):
        layer = self.network.get_layer(name)
        gamma, beta = (to_numpy(v) for v in (layer.gamma, layer.beta))
        x = F.batch_norm(x, None, None, training=True, eps=2e-5)
        if gamma.ndim == 2:
            gamma, beta = gamma[self.labels], beta[self.labels]
        gamma, beta = (
            tensor(v).reshape(-1, v.shape[-1], 1, 1) for v in (gamma, beta)
        )
        return x * gamma + beta

    def up_block(self, x, name):
        y = F.relu(self.normalize(x, f"{name}_normalize_0"))
        y = F.interpolate(y, scale_factor=2, mode="nearest")
        y = self.convolve(y, f"{name}_convolve_0")
        y = F.relu(self.normalize(y, f"{name}_normalize_1"))
        y = self.convolve(y, f"{name}_convolve_1")
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.convolve(x, f"{name}_shortcut") + y

    def first_block(self, x, name):
        y = F.relu(self.convolve(x, f"{name}_convolve_0"))
        y = F.avg_pool2d(self.convolve(y, f"{name}_convolve_1"), 2)
        return self.convolve(F.avg_pool2d(x, 2), f"{name}_shortcut") + y

    def down_block(self, x, name, halve, shortcut):
        y = self.convolve(F.relu(x), f"{name}_convolve_0")
        y = self.convolve(F.relu(y), f"{name}_convolve_1")
        if shortcut:
            x = self.convolve(x, f"{name}_shortcut")
        if halve:
            x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
        return x + y


def randomized(network):
    """Gives all weights random values, and each `u` its singular vector."""
    rng = np.random.RandomState(0)
    for variable in network.trainable_variables:
        value = rng.normal(0, 0.3, variable.shape) + (variable.name == "gamma")
        variable.assign(value.astype("float32"))
    for layer in network.layers:
        if isinstance(layer, SpectralNormalization):
            kernel = to_numpy(layer.layer.kernel)
            matrix = kernel.reshape(-1, kernel.shape[-1])
            layer.u.assign(np.linalg.svd(matrix)[2][:1])
    return network


LABELS = np.array([0, 2, 1, 1])


def run(network, first, num_classes, training):
    inputs = [first.astype("float32")]
    if num_classes is not None:
        inputs.append(np.eye(num_classes, dtype="float32")[LABELS])
    inputs = list(map(keras.ops.convert_to_tensor, inputs))
    inputs = inputs if len(inputs) > 1 else inputs[0]
    outputs = network(inputs, training=training)
    return to_numpy(keras.ops.stop_gradient(outputs))


@pytest.mark.parametrize("num_classes", [None, 3])
@pytest.mark.parametrize("side", [16, 40])
def test_generator(side, num_classes):
    network = randomized(
        SNGAN((side, side, 3), num_classes, latent_dim=5, filters=2).generator
    )
    latents = np.random.RandomState(1).normal(size=(4, 5))
    plain = Plain(network, LABELS)
    x = plain.dense(tensor(latents), "project")
    base = {16: 4, 40: 5}[side]
    x = x.reshape(4, base, base, -1).permute(0, 3, 1, 2)
    for index in range({16: 2, 40: 3}[side]):
        x = plain.up_block(x, f"block_{index}")
    x = F.relu(plain.normalize(x, "image_normalize"))
    x = torch.tanh(plain.convolve(x, "image")).permute(0, 2, 3, 1)
    found = run(network, latents, num_classes, training=True)
    assert found.shape == (4, side, side, 3)
    np.testing.assert_allclose(found, x.numpy(), atol=2e-4)


@pytest.mark.parametrize("num_classes", [None, 3])
@pytest.mark.parametrize("side", [16, 40])
def test_discriminator(side, num_classes):
    network = randomized(
        SNGAN((side, side, 3), num_classes, filters=2).discriminator
    )
    images = np.random.RandomState(1).uniform(-1, 1, (4, side, side, 3))
    plain = Plain(network, LABELS)
    x = plain.first_block(tensor(images).permute(0, 3, 1, 2), "block_0")
    # (halves, has a convolution in its shortcut): up to 32 pixels, and above.
    blocks = {
        16: [(True, True), (False, False), (False, False)],
        40: [(True, True)] * 3 + [(False, True)],
    }[side]
    for index, (halves, shortcut) in enumerate(blocks, start=1):
        x = plain.down_block(x, f"block_{index}", halves, shortcut)
    features = F.relu(x).sum((2, 3))
    expected = plain.dense(features, "logits")
    if num_classes is not None:
        table, _ = plain.weights("embedding")
        vectors = tensor(table[LABELS])
        expected += (features * vectors).sum(1, keepdim=True)
    found = run(network, images, num_classes, training=False)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-3, atol=1e-4)
