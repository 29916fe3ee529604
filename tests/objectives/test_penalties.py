"""Penalties against closed forms; their gradients against differences."""

import keras
import numpy as np
import pytest
from checks import float64, scalar, to_numpy
from keras import layers, ops

from keras_gan_zoo import engine
from keras_gan_zoo.layers import SpectralNormalization, normalization
from keras_gan_zoo.objectives import penalties


def linear(weights):
    """A discriminator with the gradient `weights` everywhere."""
    weights = ops.convert_to_tensor(weights)
    return lambda images: ops.sum(images * weights, axis=(1, 2, 3))


def test_closed_forms(rng):
    weights = rng.normal(size=(1, 3, 4, 2)).astype("float32")
    norm = np.linalg.norm(weights)
    real = rng.normal(size=(5, 3, 4, 2)).astype("float32")
    fake = rng.normal(size=(5, 3, 4, 2)).astype("float32")

    def value(penalty):
        images = ops.convert_to_tensor(real), ops.convert_to_tensor(fake)
        return scalar(penalty(linear(weights), *images, seed=1))

    assert value(penalties.wgan_gp) == pytest.approx((norm - 1) ** 2, rel=1e-4)
    assert value(penalties.dragan) == pytest.approx((norm - 1) ** 2, rel=1e-4)
    assert value(penalties.r1) == pytest.approx(norm**2 / 2, rel=1e-4)
    assert value(penalties.r2) == pytest.approx(norm**2 / 2, rel=1e-4)
    assert value(penalties.r1_r2) == pytest.approx(norm**2, rel=1e-4)
    assert value(penalties.zero_centered) == pytest.approx(norm**2, rel=1e-4)


@pytest.mark.parametrize("patches", [(), (1,), (3, 4, 1), (30, 30, 1)])
def test_of_many_patches_the_mean_counts(patches, rng):
    """The penalty does not depend on how many logits an image has."""
    weights = rng.normal(size=(1, 3, 4, 2)).astype("float32")
    norm = np.linalg.norm(weights)
    images = rng.normal(size=(5, 3, 4, 2)).astype("float32")
    images = ops.convert_to_tensor(images)

    def discriminator(images):
        logits = linear(weights)(images)
        logits = ops.reshape(logits, (-1,) + (1,) * len(patches))
        return logits * ops.ones(patches)

    for name, expected in (
        ("r1", norm**2 / 2),
        ("r2", norm**2 / 2),
        ("r1_r2", norm**2),
        ("zero_centered", norm**2),
        ("wgan_gp", (norm - 1) ** 2),
        ("dragan", (norm - 1) ** 2),
    ):
        value = penalties.get(name)(discriminator, images, images, seed=1)
        assert scalar(value) == pytest.approx(expected, rel=1e-4)


def test_where_the_gradient_is_taken(rng):
    # For D(x) = |x|^2 / 2 the gradient is x itself: it tells the place.
    seen = []

    def discriminator(images):
        seen.append(images)
        return 0.5 * ops.sum(ops.square(images), axis=(1, 2, 3))

    real = np.full((64, 4, 4, 1), 1.0, "float32")
    real[::2] = 0.0
    fake = np.full((64, 4, 4, 1), -1.0, "float32")
    images = ops.convert_to_tensor(real), ops.convert_to_tensor(fake)

    def norms(penalty):
        seen.clear()
        # Two penalties in one: E (n - 1)^2 of known places.
        value = scalar(penalty(discriminator, *images, seed=3))
        return value

    # R1 looks at the real images only.
    assert norms(penalties.r1) == pytest.approx(
        0.5 * np.mean(np.sum(real**2, axis=(1, 2, 3))), rel=1e-5
    )
    # R2 looks at the generated images only.
    assert norms(penalties.r2) == pytest.approx(
        0.5 * np.mean(np.sum(fake**2, axis=(1, 2, 3))), rel=1e-5
    )
    # Both together look at both, with one weight.
    assert norms(penalties.r1_r2) == pytest.approx(
        0.5 * np.mean(np.sum(real**2 + fake**2, axis=(1, 2, 3))), rel=1e-5
    )
    # WGAN-GP: e real + (1 - e) fake, one e per image.
    e = to_numpy(keras.random.uniform((64, 1, 1, 1), seed=3))
    x = e * real + (1 - e) * fake
    n = np.sqrt(np.sum(x**2, axis=(1, 2, 3)))
    assert norms(penalties.wgan_gp) == pytest.approx(
        np.mean((n - 1) ** 2), rel=1e-4
    )
    # The zero-centered penalty looks there, too.
    assert norms(penalties.zero_centered) == pytest.approx(
        np.mean(n**2), rel=1e-4
    )
    # DRAGAN: real + e 0.5 std u.
    u = to_numpy(keras.random.uniform((64, 4, 4, 1), seed=3))
    x = real + e * 0.5 * real.std() * u
    n = np.sqrt(np.sum(x**2, axis=(1, 2, 3)))
    assert norms(penalties.dragan) == pytest.approx(
        np.mean((n - 1) ** 2), rel=1e-4
    )


def discriminator(normalized):
    """Convolution, normalisation, softplus (smooth), dense; 6x6x2 images."""
    inputs = keras.Input((6, 6, 2))
    convolution = layers.Conv2D(3, 3, strides=2, padding="same")
    if normalized == "spectral":
        convolution = SpectralNormalization(convolution)
    x = convolution(inputs)
    if normalized in ("batch", "layer", "instance"):
        x = normalization(normalized)(x)
    x = layers.Activation("softplus")(x)
    outputs = layers.Dense(1)(layers.Flatten()(x))
    return keras.Model(inputs, outputs)


H = 1e-2
STENCIL = {
    2 * H: -1 / (12 * H),
    H: 8 / (12 * H),
    -H: -8 / (12 * H),
    -2 * H: 1 / (12 * H),
}


@pytest.mark.parametrize("penalty", ["wgan_gp", "r1", "r2", "zero_centered"])
@pytest.mark.parametrize(
    "normalized", [None, "batch", "layer", "instance", "spectral"]
)
def test_gradient_against_finite_differences(penalty, normalized, rng):
    with float64():
        network = discriminator(normalized)
        for v in network.trainable_variables:
            v.assign(to_numpy(v) + 0.3 * rng.normal(size=v.shape))
        images = [
            ops.convert_to_tensor(rng.normal(size=(3, 6, 6, 2)), "float64")
            for _ in range(2)
        ]
        # The estimate of the singular value must stand still meanwhile.
        training = normalized != "spectral"

        def value():
            return penalties.get(penalty)(
                lambda x: network(x, training=training), *images, seed=5
            )

        real, fake = (to_numpy(x) for x in images)
        e = to_numpy(
            keras.random.uniform((3, 1, 1, 1), dtype="float64", seed=5)
        )
        places = {"r1": real, "r2": fake}.get(
            penalty, e * real + (1 - e) * fake
        )

        def reference():
            """The penalty's formula in numpy, from the gradients' norms."""
            squared = penalties.squared_gradient_norm(
                lambda x: network(x, training=training),
                ops.convert_to_tensor(places, "float64"),
            )
            squared = to_numpy(squared)
            if penalty in ("r1", "r2"):
                return squared.mean() / 2
            if penalty == "zero_centered":
                return squared.mean()
            return np.mean((np.sqrt(squared) - 1) ** 2)

        variables = network.trainable_variables
        before = [to_numpy(v) for v in variables]
        # A step of SGD of length 1 is the gradient, subtracted.
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build(variables)
        engine.minimize(
            lambda: ({"one": value()}, None), {"one": (variables, optimizer)}
        )
        gradient = [b - to_numpy(v) for b, v in zip(before, variables)]
        for v, b in zip(variables, before):
            v.assign(b)

        found, numeric = [], []
        for variable, start, slope in zip(variables, before, gradient):
            for _ in range(2):
                # Along a line in which all entries move.
                way = rng.normal(size=start.shape)
                way /= np.linalg.norm(way)
                found.append(np.sum(slope * way))
                # Of fourth order, as the means in the layers round to float32
                # even in float64 on JAX and PyTorch: the step must be large.
                slopes = []
                for step, weight in STENCIL.items():
                    variable.assign(start + step * way)
                    slopes.append(weight * reference())
                numeric.append(sum(slopes))
            variable.assign(start)
    largest = np.abs(numeric).max()
    assert largest > 1e-3
    np.testing.assert_allclose(found, numeric, rtol=0, atol=1e-4 * largest)
