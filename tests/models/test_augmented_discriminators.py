"""Every latent architecture whose discriminator sees images changes them."""

import inspect

import numpy as np
import pytest
from checks import EAGERLY, set_weights, to_numpy
from keras import ops

import keras_gan_zoo as kgz
from keras_gan_zoo import engine
from keras_gan_zoo.files import registry
from keras_gan_zoo.layers import augment

pytestmark = pytest.mark.one_backend

SHAPE = (8, 8, 1)
SMALL = {
    "VanillaGAN": {"generator_units": (8,), "discriminator_units": (8,)},
    "DCGAN": {"filters": 2},
    "ConditionalGAN": {"num_classes": 3, "filters": 2},
    "InfoGAN": {"filters": 2, "units": 8},
    "ProGAN": {"fmap_base": 16, "fmap_max": 4},
    "WGAN": {"filters": 2},
    "SNGAN": {"filters": 2},
    "BigGAN": {"num_classes": 3, "filters": 2},
    "SAGAN": {"num_classes": 3, "filters": 4},
    "WGANGP": {"filters": 2},
    "StyleGAN": {
        "style_dim": 4,
        "mapping_layers": 1,
        "channel_base": 32,
        "channel_max": 4,
        "first_resolution": 4,
    },
    "R3GAN": {"filters": 4, "blocks": 1},
    "BiGAN": {
        "generator_units": (8,),
        "encoder_units": (8,),
        "discriminator_units": (8,),
    },
    "SemiSupervisedGAN": {
        "num_classes": 3,
        "generator_units": (8,),
        "discriminator_units": (8,),
    },
    "StyleGAN2": {
        "style_dim": 4,
        "mapping_layers": 1,
        "channel_base": 32,
        "channel_max": 4,
    },
}
#: Those whose discriminator also says how near a reconstruction is to its
#: image: both would have to change in the same way.
#: And one whose discriminators see latents and classes.
WITHOUT = {"VAEGAN", "AdversarialAutoencoder"}
# What would change the real images first.
NOISE = {"WGANGP": {"dequantization": False}}
CASES = [
    *((name, {}) for name in SMALL),
    *(
        ("ConditionalGAN", {"conditioning": kind})
        for kind in ("embedding", "projection", "auxiliary")
    ),
    ("ConditionalGAN", {"network": "mlp"}),
    ("SNGAN", {"network": "plain"}),
]


def latent_architectures():
    classes = [
        getattr(kgz, entry.class_name) for entry in registry.shipped().values()
    ]
    return [cls for cls in classes if issubclass(cls, kgz.LatentGAN)]


def test_every_latent_architecture_takes_it():
    """And only ones that the tests below know."""
    classes = latent_architectures()
    assert {cls.__name__ for cls in classes} == {*SMALL, *WITHOUT}
    for cls in classes:
        parameters = inspect.signature(cls).parameters
        if cls.__name__ in WITHOUT:
            assert "augmentation" not in parameters, cls
        else:
            assert parameters["augmentation"].default is None, cls


@pytest.fixture
def seen(monkeypatch):
    """The images that a change of the name "blank" got; it returns zeros."""
    images = []

    def blank(given, draw):
        images.append(given)
        return 0 * given

    monkeypatch.setitem(augment.TRANSFORMATIONS, "blank", blank)
    return images


def build(name, arguments):
    cls = getattr(kgz, name)
    gan = cls(
        SHAPE,
        latent_dim=4,
        augmentation="blank",
        seed=0,
        **SMALL[name],
        **arguments,
    )
    loss = {} if name == "SemiSupervisedGAN" else {"loss": "non_saturating"}
    gan.compile(**loss, penalty=None, **NOISE.get(name, {}), **EAGERLY)
    if name == "BiGAN":  # whose logits begin at 0, without a slope
        set_weights(gan.discriminator)
    return gan


def batch_of(gan):
    return tuple(
        ops.convert_to_tensor(member)
        for member in (
            modality.example(6, seed)
            for seed, modality in enumerate(gan.modalities.values())
        )
    )


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_the_discriminator_sees_changes_in_training_only(name, arguments, seen):
    gan = build(name, arguments)
    given = batch_of(gan)
    batch = gan.members(given if len(given) > 1 else given[0])
    if isinstance(gan, kgz.GrowingGAN):
        gan.running_stage = gan.num_stages - 1

    def seen_of(training):
        seen.clear()
        (view,) = gan.losses(batch, training=training, seed=1).views[
            "discriminator"
        ]
        return view[:2]

    def slopes_of_pixels(training):
        slope = engine.input_gradient(*seen_of(training))
        slope = to_numpy(ops.stop_gradient(slope)).reshape(6, -1)
        # Some join images with latents, which do not change.
        return slope[:, : np.prod(SHAPE)]

    seen_of(training=False)
    assert not seen
    seen_of(training=True)
    real, fake = seen  # each of them once
    np.testing.assert_allclose(to_numpy(real), to_numpy(batch[0]), atol=1e-6)
    assert tuple(fake.shape[1:]) == tuple(real.shape[1:])
    assert np.std(to_numpy(ops.stop_gradient(fake))) > 0
    # What is blank has no gradient: nothing reaches the logits around it.
    assert not slopes_of_pixels(training=True).any()
    assert slopes_of_pixels(training=False).any()


@pytest.mark.parametrize("name", ["ProGAN", "StyleGAN"])
def test_a_growing_network_changes_images_at_each_resolution(name, seen):
    gan = build(name, {})
    (images,) = batch_of(gan)
    for stage, side in enumerate((4, 8)):
        gan.running_stage = stage
        gan.losses((images,), training=True, seed=1)
        shapes = {tuple(each.shape) for each in seen}
        assert shapes == {(6, side, side, 1)}
        seen.clear()
