import numpy as np
import pytest
from keras import ops
from test_augmented_discriminators import SMALL

import keras_gan_zoo as kgz
from keras_gan_zoo import control, engine
from keras_gan_zoo.control import search
from keras_gan_zoo.control.inpainting import context_weights


@pytest.fixture(scope="module")
def digits():
    return kgz.from_preset("vanilla_gan_digits_8")


@pytest.fixture
def eager(monkeypatch):
    """Steps that are not compiled, for tests with few of them."""
    monkeypatch.setattr(engine, "compiled", lambda step, *others: step)
    search._machines.clear()
    yield
    search._machines.clear()


def hole(rows=slice(2, 6), columns=slice(2, 6)):
    mask = np.zeros((8, 8))
    mask[rows, columns] = 1
    return mask


def test_a_hole_is_filled_better_than_with_the_mean(digits):
    images = digits.generate(4, seed=3)
    mask = hole()
    spoiled = np.where(mask[..., None] > 0, np.nan, images)
    found = control.inpaint(
        digits, spoiled, mask, starts=4, steps=60, verbose=0
    )
    known = mask == 0
    np.testing.assert_array_equal(found[:, known], images[:, known])
    missing = mask == 1
    mean = images[:, known].mean(axis=1, keepdims=True)
    error = np.abs(found - images)[:, missing].mean()
    assert error < 0.7 * np.abs(mean - images[:, missing]).mean()


def test_one_picture_and_masks_of_any_form(digits, eager):
    images = digits.generate(2, seed=3)
    settings = {"starts": 2, "steps": 2, "verbose": 0}
    first, second = hole(), hole(slice(0, 3), slice(4, 8))
    both = control.inpaint(digits, images, [first, second], **settings)
    one = control.inpaint(digits, images[0], first[..., None], **settings)
    np.testing.assert_allclose(both[0], one, atol=1e-3)
    known = second == 0
    np.testing.assert_array_equal(both[1][known], images[1][known])
    assert np.any(both[1][~known] != images[1][~known])


def test_blending_is_a_choice(digits, eager):
    (image,) = digits.generate(1, seed=3)
    dark = 0.5 * image - 0.5  # as no digit is
    settings = {"starts": 1, "steps": 1, "verbose": 0}
    pasted = control.inpaint(digits, dark, hole(), blended=False, **settings)
    blended = control.inpaint(digits, dark, hole(), **settings)
    expected = control.blend(pasted, dark, hole())
    inner = hole(slice(3, 5), slice(3, 5)) > 0
    assert np.any(pasted[inner] != blended[inner])
    assert expected.shape == blended.shape


def test_weights_are_those_of_the_paper(rng):
    mask = np.zeros((20, 24))
    mask[5:12, 8:20] = mask[0, 0] = 1
    found = context_weights(mask)
    expected = np.zeros(mask.shape)
    for y in range(20):
        for x in range(24):
            if mask[y, x] == 0:  # known
                rows = slice(max(0, y - 3), y + 4)
                columns = slice(max(0, x - 3), x + 4)
                expected[y, x] = mask[rows, columns].sum() / 49
    np.testing.assert_allclose(found, expected / expected.mean(), atol=1e-5)
    plain = context_weights(mask, weighted=False)
    np.testing.assert_allclose(plain, (1 - mask) / (1 - mask).mean(), rtol=1e-5)


def test_the_discriminator_has_a_say(digits, monkeypatch, eager):
    """What it doubts much is avoided, though it fits as well."""

    def bright(gan, images, labels):
        return -ops.mean(images, axis=(1, 2, 3))

    monkeypatch.setattr(search, "doubts", bright)
    (image,) = digits.generate(1, seed=3)
    settings = {"starts": 2, "steps": 10, "verbose": 0, "blended": False}
    found = [
        control.inpaint(digits, image, hole(), prior_weight=weight, **settings)
        for weight in (0, 50)
    ]
    means = [result[hole() > 0].mean() for result in found]
    assert means[1] > means[0] + 0.05


# The others differ in what `doubts` gives to the discriminator.
QUICK = ("ConditionalGAN", "InfoGAN", "ProGAN")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
        for name in SMALL
    ],
)
def test_doubts_of_every_discriminator(name):
    gan = getattr(kgz, name)((8, 8, 1), latent_dim=4, **SMALL[name])
    if hasattr(gan, "stage_of"):
        gan.stage.assign(gan.num_stages - 1)
        gan.alpha.assign(1.0)
    images = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 1))
    labels = []
    if classes := getattr(gan, "num_classes", None):
        labels = [ops.convert_to_tensor(np.eye(classes)[[0, 1, 1]], "float32")]
    found = search.doubts(gan, ops.convert_to_tensor(images, "float32"), labels)
    found = ops.convert_to_numpy(ops.stop_gradient(found))
    assert found.shape == (3,) and np.all(found > 0)


def test_images_that_are_judged_in_packs():
    gan = kgz.VanillaGAN((8, 8, 1), 4, [8], [8], packing=2)
    images = ops.convert_to_tensor(gan.generate(4, seed=0))
    found = ops.convert_to_numpy(
        ops.stop_gradient(search.doubts(gan, images, []))
    )
    assert found.shape == (4,) and np.ptp(found) < 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": np.zeros((8, 8))}, "Received: a mask with 0 only"),
        ({"mask": np.ones((8, 8))}, "Received: a mask with 1 only"),
        ({"mask": np.ones((8, 9))}, r"Received: mask.shape=\(8, 9\)"),
        ({"mask": [hole()] * 3}, "Received: 3 masks"),
        ({"image": np.zeros((8, 9, 1))}, r"images.shape=\(1, 8, 9, 1\)"),
        ({"prior_weight": -1}, "Received: prior_weight=-1"),
        ({"steps": 0}, "steps=0"),
    ],
)
def test_what_cannot_be_inpainted_is_told(digits, change, message):
    given = {"image": np.zeros((2, 8, 8, 1)), "mask": hole(), **change}
    with pytest.raises(ValueError, match=message):
        control.inpaint(digits, **given, verbose=0)
