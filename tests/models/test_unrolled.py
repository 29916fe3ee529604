"""Unrolled steps: the generator's gradient goes through the discriminator's."""

import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    StoredLosses,
    all_state,
    equal,
    float64,
    scalar,
    to_numpy,
    two_replicas,
    values_of,
)
from families.test_updates import D_START, G_START, RATE, REAL, linear_gan
from keras import layers, ops

import keras_gan_zoo as kgz
from keras_gan_zoo import engine
from keras_gan_zoo.families import unrolled
from keras_gan_zoo.objectives.regularizers import Regularizer


class TestUnrolled(StoredLosses):
    """Batch normalization, a penalty and dropout-free noise of latents."""

    cls = kgz.DCGAN
    config = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}
    compile_arguments = {
        "loss": "saddle",
        "penalty": "r1",
        "unrolled_steps": 2,
    }


class Noisy(StoredLosses):
    """Dropout, spectral normalization and an average."""

    cls = kgz.VanillaGAN
    config = {
        "image_shape": (4, 4, 1),
        "latent_dim": 3,
        "generator_units": (6,),
        "discriminator_units": (6,),
        "spectral_normalization": True,
    }
    compile_arguments = {"unrolled_steps": 2, "ema_decay": 0.5, **EAGERLY}


class Matmul(layers.Dense):
    """Keras' own multiplies in float32 on PyTorch."""

    def call(self, inputs, training=None):
        return self.activation(inputs @ self.kernel.value + self.bias.value)


def mlp(name, shape, output_shape):
    """Smooth. Keras computes tanh in float32 on JAX."""
    x = inputs = keras.Input(shape)
    x = Matmul(3, activation="softplus", name="hidden")(layers.Flatten()(x))
    x = Matmul(int(np.prod(output_shape)), name="outputs")(x)
    return keras.Model(inputs, layers.Reshape(output_shape)(x), name=name)


def smooth_gan(loss="non_saturating", **compile_arguments):
    keras.utils.set_random_seed(0)
    gan = kgz.VanillaGAN(
        (1, 2, 1),
        latent_dim=2,
        generator=mlp("generator", (2,), (1, 2, 1)),
        discriminator=mlp("discriminator", (1, 2, 1), (1,)),
        seed=0,
    )
    gan.compile(loss, generator_optimizer="sgd", **compile_arguments)
    return gan


@pytest.mark.parametrize(
    "steps, loss",
    [
        pytest.param(1, "non_saturating", marks=pytest.mark.slow),
        (2, "saddle"),
    ],
)
def test_the_gradient_is_that_of_finite_differences(steps, loss, monkeypatch):
    # Keras takes means in float32 on JAX and PyTorch.
    monkeypatch.setattr(ops, "mean", lambda x: ops.sum(x) / len(x))
    rng = np.random.default_rng(0)
    with float64():
        images = ops.array(rng.uniform(-1, 1, (6, 1, 2, 1)))
        # Adam's steps hardly depend on the size of gradients if epsilon is
        # small.
        adam = keras.optimizers.Adam(0.1, epsilon=0.1)
        gan = smooth_gan(
            loss=loss, discriminator_optimizer=adam, unrolled_steps=steps
        )
        for variable in adam.variables[2:]:  # the moments
            variable.assign(rng.uniform(0, 0.1, variable.shape))
        adam.iterations.assign(3)
        variables = gan.variables_of("generator")

        def loss_ahead():
            totals, _ = unrolled.losses(
                gan, lambda: gan.losses((images,), seed=0), ("generator",)
            )
            return totals["generator"]

        def loss_now():
            return gan.losses((images,), seed=0).players["generator"]

        gradients, plain = (
            [to_numpy(ops.stop_gradient(g)) for g in found]
            for found in (
                engine.gradient(loss_ahead, variables),
                engine.gradient(loss_now, variables),
            )
        )
        state = [*gan.variables, *adam.variables]
        run = engine.compiled(lambda _: loss_ahead(), state)
        for variable, gradient in zip(variables[::2], gradients[::2]):
            value = to_numpy(variable)
            for place in np.ndindex(value.shape):
                around = []
                for change in (1e-5, -1e-5):
                    changed = value.copy()
                    changed[place] += change
                    variable.assign(changed)
                    around.append(scalar(run(images)))
                variable.assign(value)
                slope = (around[0] - around[1]) / 2e-5
                assert gradient[place] == pytest.approx(
                    slope, rel=1e-5, abs=1e-9
                )
        # It is another gradient than that of the plain step.
        difference = np.abs(gradients[0] - plain[0]).max()
        assert difference > 0.001 * np.abs(gradients[0]).max()


@pytest.mark.parametrize(
    "updates, steps", [("simultaneous", 1), ("alternating", 3)]
)
def test_one_weight_each_as_on_paper(updates, steps, monkeypatch):
    """The critic d x descends from d by r (g - mean x) in each step."""
    gan = linear_gan(
        monkeypatch, updates=updates, unrolled_steps=steps, **EAGERLY
    )
    gan.fit(REAL, batch_size=4, shuffle=False, verbose=0)
    step = RATE * (G_START - REAL.mean())
    d = D_START - step
    met = d if updates == "alternating" else D_START
    # The generator's loss is -(met - steps * RATE * (g - mean)) g.
    slope = -(met - steps * step) + steps * RATE * G_START
    np.testing.assert_allclose(
        [
            float(gan.discriminator.get_weights()[0][0, 0]),
            float(gan.generator.get_weights()[0][0, 0]),
        ],
        [d, G_START - RATE * slope],
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "updates",
    ["simultaneous", pytest.param("alternating", marks=pytest.mark.slow)],
)
def test_the_discriminator_moves_as_without(updates):
    """So do its optimizer, its statistics and the noise."""
    checks, states, losses = Noisy(), [], []
    for steps in (0, 2):
        gan = checks.compiled(unrolled_steps=steps, updates=updates)
        gan.optimizer["generator"].learning_rate = 0.0
        losses.append(checks.train(gan)["d_loss"])
        states.append(all_state(gan))
    assert losses[0] == losses[1]
    assert int(gan.optimizer["discriminator"].iterations) == 1
    others = {id(v) for v in gan.optimizer["generator"].variables[2:]}
    variables = [*gan.variables, *gan.optimizer.variables]
    for variable, one, other in zip(variables, *states, strict=True):
        # The generator's moments know other gradients.
        same = np.array_equal(one, other)
        assert same == (id(variable) not in others), variable.path


def test_a_loaded_model_goes_on_exactly(tmp_path):
    checks = Noisy()
    gan = checks.compiled()
    checks.train(gan, steps=2)
    gan.save(tmp_path / "gan.keras")
    loaded = kgz.load(tmp_path / "gan.keras")
    assert loaded.compile_settings()["unrolled_steps"] == 2
    assert checks.train(gan) == checks.train(loaded)
    assert equal(all_state(gan), all_state(loaded))


@pytest.mark.slow
def test_the_compiled_step_agrees():
    eager, compiled = (
        Noisy().train(Noisy().compiled(**settings))
        for settings in (EAGERLY, {"run_eagerly": False, "jit_compile": False})
    )
    for name, value in compiled.items():
        np.testing.assert_allclose(eager[name], value, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "cls, config",
    [
        (kgz.ConditionalGAN, {"num_classes": 3}),
        (kgz.InfoGAN, {}),
        (kgz.SNGAN, {"filters": 2, "num_classes": 3}),
        (kgz.ProGAN, {"fmap_base": 16, "fmap_max": 4}),
    ],
)
def test_other_models_of_latents(cls, config):
    gan = cls(image_shape=(8, 8, 1), seed=0, **config)
    gan.compile(
        unrolled_steps=1,
        discriminator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.0),
        **EAGERLY,
    )
    batch = [m.example(10, 0) for m in gan.modalities.values()]
    history = gan.fit(*batch, batch_size=10, verbose=0).history
    assert np.isfinite(list(history.values())).all()


def test_dead_units_give_finite_gradients():
    """Adam has the root of moments there that are exactly 0.

    TensorFlow takes its slope for 0, JAX and PyTorch for infinite.
    """
    gan = smooth_gan(
        discriminator_optimizer=keras.optimizers.Adam(0.1),
        unrolled_steps=1,
        updates="simultaneous",
        **EAGERLY,
    )
    # The hidden layer has no gradient if its outputs are not read.
    gan.discriminator.get_layer("outputs").kernel.assign(np.zeros((3, 1)))
    gan.fit(np.zeros((6, 1, 2, 1), "float32"), batch_size=6, verbose=0)
    for value in values_of(gan.variables_of("generator")):
        assert np.isfinite(value).all()


class TestRefused:
    def refused(self, match, cls=kgz.VanillaGAN, config=None, **arguments):
        gan = cls(**(config or {"image_shape": (4, 4, 1)}))
        with pytest.raises(ValueError, match=match):
            gan.compile(**{"unrolled_steps": 1, **arguments})

    @pytest.mark.parametrize("steps", [-1, 0.5])
    def test_no_number(self, steps):
        self.refused("Received: unrolled_steps=", unrolled_steps=steps)

    def test_translation(self):
        config = {
            "image_shape": (8, 8, 1),
            "filters": 2,
            "patch": 16,
        }
        self.refused("Received: Pix2Pix", kgz.Pix2Pix, config)

    def test_lazy_regularizers(self):
        lazy = Regularizer("discriminator", "r1", every=4, name="r1")
        self.refused("larger `every` of r1", regularizers=[lazy])

    def test_clipped_weights(self):
        self.refused(
            "Expected clip=None",
            kgz.WGAN,
            {"image_shape": (8, 8, 1), "filters": 2},
            discriminator_optimizer=keras.optimizers.SGD(0.1),
        )

    def test_another_optimizer(self):
        self.refused("Received: Lion", discriminator_optimizer="lion")

    def test_scaled_losses(self):
        config = {"image_shape": (4, 4, 1), "dtype": "mixed_float16"}
        self.refused("Received: LossScaleOptimizer", config=config)

    @pytest.mark.skipif(
        keras.backend.backend() != "tensorflow", reason="tf.distribute"
    )
    def test_replicas(self):
        with two_replicas().scope():
            self.refused("with 2 replicas")
