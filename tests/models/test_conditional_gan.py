import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    OF_VARIANTS_SLOW,
    GANChecks,
    equal,
    scalar,
    to_numpy,
    values_of,
)

from keras_gan_zoo import ConditionalGAN
from keras_gan_zoo.layers import SpectralNormalization
from keras_gan_zoo.models.conditional_gan import CONDITIONINGS, networks
from keras_gan_zoo.objectives import losses

IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1))
IMAGES = IMAGES.astype("float32")
LABELS = np.arange(16) % 3
SMALL = {"image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 5}


class TestConditionalGAN(GANChecks):
    cls = ConditionalGAN
    config = {
        **SMALL,
        "filters": 4,
        "discriminator_normalization": "layer",
        "spectral_normalization": True,
        "augmentation": "translation,color",
    }
    batch = (IMAGES, LABELS)
    compile_arguments = {"penalty": "r1", "ema_decay": 0.9}
    logs = {"d_loss", "g_loss", "penalty"}


class TestProjectionGAN(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = ConditionalGAN
    config = {**SMALL, "filters": 4, "conditioning": "projection"}
    batch = (IMAGES, np.eye(3)[LABELS])
    # The default, a hinge, is flat for the bias as long as all is inside.
    compile_arguments = {"loss": "non_saturating"}


class TestAuxiliaryGAN(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = ConditionalGAN
    config = {**SMALL, "filters": 4, "conditioning": "auxiliary"}
    batch = (IMAGES, LABELS)
    compile_arguments = {"class_loss_weight": 0.5}
    logs = {"d_loss", "g_loss", "d_class_loss", "g_class_loss"}


class TestConditionalPerceptron(GANChecks):
    slow_checks = OF_VARIANTS_SLOW
    cls = ConditionalGAN
    config = {
        **SMALL,
        "network": "mlp",
        "generator_units": (16, 12, 16),
        "discriminator_units": (8, 6, 8),
    }
    batch = (IMAGES, LABELS)

    def three_steps(self):
        # Dropout masks differ between backends: networks without.
        gan = self.gan()
        still = type(self)()
        still.config = {
            **self.config,
            "generator": without_dropout(gan.generator),
            "discriminator": without_dropout(gan.discriminator),
        }
        return super(TestConditionalPerceptron, still).three_steps()


def without_dropout(network):
    def clone(layer):
        if isinstance(layer, keras.layers.Dropout):
            return keras.layers.Dropout(0.0, name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    return keras.models.clone_model(network, clone_function=clone)


def small_gan(**kwargs):
    gan = ConditionalGAN(**{**SMALL, "filters": 4, **kwargs})
    gan.compile()
    return gan


# ----------------------------------------------------------- the networks


@pytest.mark.parametrize("network", ["convolutional", "mlp"])
@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_all_kinds_train_on_the_label(conditioning, network):
    """Each weight that a label reaches moves, for both kinds of labels."""
    gan = small_gan(conditioning=conditioning, network=network)
    # A hinge may be flat at first.
    gan.compile(loss="non_saturating", **EAGERLY)
    before = values_of(gan.trainable_variables)
    for labels in (LABELS, np.eye(3, dtype="int32")[LABELS]):
        logs = gan.fit(IMAGES, labels, batch_size=8, verbose=0).history
        assert np.isfinite(list(logs.values())).all()
    for variable, value in zip(gan.trainable_variables, before):
        assert not np.array_equal(to_numpy(variable), value), variable.path
    zero, one = (gan.generate(4, labels=k, seed=0) for k in (0, 1))
    assert not np.array_equal(zero, one)


def test_the_perceptron_is_the_papers():
    generator = networks.build_mlp_generator(
        (28, 28, 1), 10, 100, "concatenate"
    )
    discriminator = networks.build_mlp_discriminator(
        (28, 28, 1), 10, "concatenate"
    )
    # Section 4.1, inputs * units + units: 200 and 1000 rectifiers to 1200;
    # maxout of 240 units by 5 pieces and 50 by 5 to 240 by 4.
    assert generator.count_params() == (
        101 * 200 + 11 * 1000 + 1201 * 1200 + 1201 * 784
    )
    assert discriminator.count_params() == (
        785 * 1200 + 11 * 250 + 291 * 960 + 241
    )


def test_projection_is_the_papers_formula():
    """Equation 3: y V phi(x) + psi(phi(x)), phi flattened here."""
    gan = small_gan(
        conditioning="projection",
        spectral_normalization=False,
        discriminator_normalization=None,
    )
    network = gan.discriminator
    features = keras.Model(
        network.inputs[0], network.get_layer("leaky_relu_0").output
    )
    phi = features.predict(IMAGES, verbose=0).reshape(16, -1)
    embedding = to_numpy(network.get_layer("embedding").kernel)
    psi = network.get_layer("logits")
    expected = phi @ to_numpy(psi.kernel)[:, 0] + to_numpy(psi.bias)
    expected += np.sum(embedding[LABELS] * phi, axis=1)
    logits = network.predict([IMAGES, np.eye(3)[LABELS]], verbose=0)
    np.testing.assert_allclose(logits[:, 0], expected, rtol=1e-4, atol=1e-5)


def test_projection_has_the_papers_defaults():
    gan = small_gan(conditioning="projection")
    assert isinstance(gan.loss, losses.Hinge)
    for optimizer in gan.optimizer.optimizers:
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.9)
    kernels = [
        layer
        for layer in gan.discriminator.layers
        if isinstance(layer, SpectralNormalization)
    ]
    assert len(kernels) == 3  # convolution, logits, embedding
    assert isinstance(small_gan().loss, losses.NonSaturating)


def test_class_losses_are_the_papers():
    """AC-GAN: D and G minimise the cross entropy beside their own loss."""
    gan = small_gan(conditioning="auxiliary")
    gan.compile(class_loss_weight=3.0)
    labels = keras.ops.one_hot(LABELS, 3)
    found = gan.losses((IMAGES, labels), training=False, seed=0)
    ((_, fake, _, _),) = found.pairs
    fake = to_numpy(keras.ops.stop_gradient(fake))

    def cross_entropy(images):
        _, logits = gan.discriminator.predict(images, verbose=0)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -np.mean(np.log(chances[np.arange(16), LABELS]))

    losses = found.players
    g_terms, d_terms = found.logs["generator"], found.logs["discriminator"]
    assert scalar(g_terms["g_class_loss"]) == pytest.approx(
        cross_entropy(fake), rel=1e-5
    )
    assert scalar(losses["generator"]) == pytest.approx(
        scalar(g_terms["g_loss"]) + 3 * cross_entropy(fake), rel=1e-5
    )
    both = cross_entropy(fake) + cross_entropy(IMAGES)
    assert scalar(d_terms["d_class_loss"]) == pytest.approx(both, rel=1e-5)
    assert scalar(losses["discriminator"]) == pytest.approx(
        scalar(d_terms["d_loss"]) + 3 * both, rel=1e-5
    )


def test_the_auxiliary_discriminator_is_not_told():
    gan = small_gan(conditioning="auxiliary")
    assert len(gan.discriminator.inputs) == 1
    assert gan.discriminator.output_shape == [(None, 1), (None, 3)]


def test_minibatches_keep_images_and_labels_together():
    gan = small_gan()
    gan.compile("relativistic", discriminator_steps=2, **EAGERLY)
    images = np.arange(6.0)[:, None, None, None]
    parts = gan.minibatches((images, np.eye(6)[:, :3]))
    for images, labels in parts:
        numbers = to_numpy(images)[:, 0, 0, 0].astype(int)
        np.testing.assert_array_equal(np.eye(6)[numbers, :3], to_numpy(labels))
    gan.fit(IMAGES, LABELS, batch_size=16, verbose=0)
    assert int(gan.optimizer["discriminator"].iterations) == 2
    assert int(gan.optimizer["generator"].iterations) == 1


# ------------------------------------------------------------- the labels


def test_generate_takes_labels_of_every_form():
    gan = small_gan()
    expected = gan.generate(4, labels=[2, 2, 2, 2], seed=0)
    for labels in (2, np.int64(2), np.full(4, 2), np.eye(3)[[2, 2, 2, 2]]):
        images = gan.generate(4, labels=labels, seed=0)
        np.testing.assert_array_equal(images, expected)
    in_turn = gan.generate(4, labels=[0, 1, 2, 0], seed=0)
    np.testing.assert_array_equal(gan.generate(4, seed=0), in_turn)
    assert not np.array_equal(in_turn, expected)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (3, r"in \[0, 3\)"),
        (-1, r"in \[0, 3\)"),
        ([0, 1, 2, 7], r"Received: \[7\]"),
        ([0, 1], "for each of 4"),
        (1.5, "as ints"),
        ([[0.0, 0.5, 0.5]] * 4, "one-hot"),
        (np.eye(2)[[0, 1, 0, 1]], "one-hot of shape"),
    ],
)
def test_wrong_labels_are_explained(labels, message):
    gan = small_gan()
    with pytest.raises(ValueError, match=message) as error:
        gan.generate(4, labels=labels)
    assert "Expected" in str(error.value)
    assert "Received" in str(error.value)


def as_pairs(images, labels):
    class Pairs(keras.utils.PyDataset):
        def __len__(self):
            return 1

        def __getitem__(self, index):
            return images, labels

    return Pairs()


@pytest.mark.parametrize("form", ["arrays", "pairs"])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "Expected .images, labels.*alone"),
        (LABELS + 1, r"in \[0, 3\)"),
        (LABELS - 1, r"in \[0, 3\)"),
        (np.eye(4)[LABELS], "one-hot of shape"),
        (LABELS * 0.5, "as ints"),
        (LABELS[:8], "8 labels"),
    ],
)
def test_wrong_batches_of_labels_are_explained(labels, message, form):
    gan = small_gan()
    before = values_of(gan.variables)
    data = (IMAGES, labels)
    if form == "pairs":
        data = (as_pairs(*data),)
    with pytest.raises(ValueError, match=message):
        gan.fit(*data, verbose=0)
    assert equal(before, values_of(gan.variables))


def test_of_arrays_every_label_is_looked_at():
    images = np.repeat(IMAGES, 20, axis=0)
    labels = np.zeros(320, int)
    labels[-1] = 3
    with pytest.raises(ValueError, match=r"Received: \[3\]"):
        small_gan().fit(images, labels, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"conditioning": "projektion"}, "Did you mean 'projection'"),
        ({"network": "resnet"}, "Unknown network"),
        ({"image_shape": (29, 29, 1)}, "nearest possible sizes"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConditionalGAN(**arguments)


def test_the_perceptron_takes_any_size():
    gan = ConditionalGAN((5, 7, 3), network="mlp")
    assert gan.generate(2, seed=0).shape == (2, 5, 7, 3)
