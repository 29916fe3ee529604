import keras
import numpy as np
import pytest
from checks import (
    EAGERLY,
    GANChecks,
    StoredLosses,
    kernels,
    scalar,
    to_numpy,
)

from keras_gan_zoo import CompletionGAN, masks
from keras_gan_zoo.modalities import Image, Mask
from keras_gan_zoo.models.completion_gan import networks

IMAGES = Image((12, 16, 3)).example(8)
MASKS = Mask((12, 16, 1)).example(8)


class TestCompletionGAN(GANChecks):
    slow_checks = (
        "test_two_replicas_train_like_one_device",
        "test_eager_and_compiled_step_agree",
        "test_bfloat16_trains",
    )
    cls = CompletionGAN
    config = {
        "image_shape": (12, 16, 3),
        "filters": 2,
        "masks": masks.RandomRectangles(0.2, 0.6, rectangles=2),
        "crop": 0.45,
        "joined": False,
        "fill": -0.5,
        "generator_normalization": "instance",
        "discriminator_normalization": "layer",
        "spectral_normalization": True,
    }
    compile_arguments = {"adversarial_weight": 0.2, "reconstruction_steps": 1}
    batch = IMAGES
    logs = {"d_loss", "g_loss", "l2_loss"}

    def outputs(self, gan):
        return gan.restore(IMAGES[:4])


class TestPenalizedCompletionGAN(StoredLosses):
    """The default networks, and a penalty through the crops."""

    cls = CompletionGAN
    config = {"image_shape": (12, 16, 3), "filters": 2, "masks": "given"}
    batch = (IMAGES, MASKS)
    compile_arguments = {"penalty": "r1", "adversarial_weight": 0.1}


# -------------------------------------------------------------- the networks


def test_the_papers_networks_at_256():
    generator = networks.build_generator(3, filters=4)
    widths = [4, 8, 8, *[16] * 9, 8, 8, 4, 2, 3]
    sizes = [5, *[3] * 11, 4, 3, 4, 3, 3]
    inputs = [4, *widths[:-1]]
    assert kernels(generator) == list(zip(sizes, sizes, inputs, widths))
    rates = [getattr(x, "dilation_rate", (1,))[0] for x in generator.layers]
    assert [rate for rate in rates if rate > 1] == [2, 4, 8, 16]
    network = networks.build_discriminator((256, 256, 3), (128, 128, 3), 2)
    for branch, halvings in (("global", 6), ("local", 5)):
        branch_widths = [
            network.get_layer(f"{branch}_{index}").filters
            for index in range(halvings)
        ]
        assert branch_widths == [2, 4, 8, 16, 16, 16][:halvings]
        flat = network.get_layer(f"flat_{branch}")
        assert flat.output.shape == (None, 4 * 4 * 16)
    assert network.output_shape == (None, 1)


# ---------------------------------------------------------------- the losses


def corner(mask, axis, length):
    """The first row or column of a crop around a hole."""
    side = mask.shape[axis]
    places = np.argwhere(mask[..., 0])[:, axis]
    start = np.round(places.mean() - (length - 1) / 2)
    return int(np.clip(start, 0, side - length))


def test_crops_lie_around_holes():
    gan = CompletionGAN((12, 16, 3), 2, crop=0.5, masks="given")
    crops = to_numpy(gan.cropper(MASKS)(IMAGES))
    assert crops.shape == (8, 6, 8, 3)
    corners = set()
    for image, mask, crop in zip(IMAGES, MASKS, crops):
        top, left = corner(mask, 0, 6), corner(mask, 1, 8)
        corners.add((top, left))
        expected = image[top : top + 6, left : left + 8]
        np.testing.assert_allclose(crop, expected, atol=1e-6)
    assert len(corners) > 4
    nothing = np.zeros_like(MASKS)
    np.testing.assert_allclose(
        to_numpy(gan.cropper(nothing)(IMAGES)), IMAGES[:, :6, :8], atol=1e-6
    )


@pytest.mark.parametrize("joined", [True, False])
def test_the_losses_are_the_formulas(joined):
    gan = CompletionGAN(
        (12, 16, 3),
        2,
        masks="given",
        joined=joined,
        fill=0.5,
        discriminator_normalization=None,
    )
    gan.compile(adversarial_weight=0.25, reconstruction_steps=3, **EAGERLY)
    batch = tuple(map(keras.ops.convert_to_tensor, (IMAGES, MASKS)))
    holes = np.where(MASKS == 1, 0.5, IMAGES)
    outputs = gan.generator.predict([holes, MASKS], verbose=0)
    fake = np.where(MASKS == 1, outputs, IMAGES)
    errors = ((outputs - IMAGES) ** 2).mean(-1, keepdims=True) * MASKS
    l2_loss = np.mean(errors.sum((1, 2, 3)) / MASKS.sum((1, 2, 3)))
    real_logits, fake_logits = (
        gan.discriminator.predict(
            [images, to_numpy(gan.cropper(MASKS)(images))], verbose=0
        )
        for images in (IMAGES, fake)
    )
    assert real_logits.shape == (8, 1 if joined else 2)
    g_loss = np.log1p(np.exp(-fake_logits)).mean()
    d_loss = (
        np.log1p(np.exp(-real_logits)).mean()
        + np.log1p(np.exp(fake_logits)).mean()
    )
    for step, weight in ((2, 0.0), (3, 0.25)):
        gan.steps.assign(step)
        found = gan.losses(batch, training=False)
        assert scalar(found.players["discriminator"]) == pytest.approx(
            d_loss, rel=1e-4
        )
        assert scalar(found.players["generator"]) == pytest.approx(
            l2_loss + weight * g_loss, rel=1e-4
        )
        assert scalar(found.logs["generator"]["g_loss"]) == pytest.approx(
            g_loss, rel=1e-4
        )


# ----------------------------------------------------------------- restoring


def test_it_restores_images_of_any_size():
    gan = CompletionGAN((12, 16, 3), 2)
    for size in ((12, 16), (21, 9), (3, 30)):
        images = Image((*size, 3)).example(3)
        holes = Mask((*size, 1)).example(3)
        restored = gan.restore(images, holes, batch_size=2)
        known = np.broadcast_to(holes == 0, images.shape)
        np.testing.assert_array_equal(restored[known], images[known])
        assert (restored[~known] != images[~known]).mean() > 0.99
        other = np.where(holes == 1, -images, images)
        np.testing.assert_allclose(
            gan.restore(other, holes, batch_size=2), restored, atol=1e-6
        )
    for wrong in (IMAGES[0], IMAGES[..., :2], IMAGES * 9):
        with pytest.raises(ValueError, match=r"Expected.*Received"):
            gan.restore(wrong)


def test_arguments_out_of_range():
    with pytest.raises(ValueError, match="multiples of 4"):
        CompletionGAN((12, 15, 3), 2)
    with pytest.raises(ValueError, match="Received: crop=1"):
        CompletionGAN((12, 16, 3), 2, crop=1)
