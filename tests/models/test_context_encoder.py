import keras
import numpy as np
import pytest
from checks import EAGERLY, GANChecks, StoredLosses, num_trained, to_numpy

import keras_gan_zoo as kgz
from keras_gan_zoo import ContextEncoder, masks
from keras_gan_zoo.blocks import strided
from keras_gan_zoo.modalities import Image, Mask
from keras_gan_zoo.models.context_encoder import networks

IMAGES = Image((16, 24, 3)).example(8)
MASKS = Mask((16, 24, 1)).example(8)


class TestContextEncoder(GANChecks):
    slow_checks = ("test_two_replicas_train_like_one_device",)
    cls = ContextEncoder
    config = {
        "image_shape": (16, 24, 3),
        "filters": 2,
        "bottleneck": 6,
        "overlap": 1,
        "fill": [0.1, 0.2, -0.3],
        "discriminator_normalization": "layer",
        "spectral_normalization": True,
    }
    compile_arguments = {"adversarial_weight": 0.2, "overlap_weight": 3.0}
    batch = IMAGES
    logs = {"d_loss", "g_loss", "l2_loss"}

    def outputs(self, gan):
        return gan.restore(IMAGES[:4])


class TestContextEncoderOfRegions(StoredLosses):
    """Any hole, and the layer of the feature-learning variant."""

    cls = ContextEncoder
    config = {
        "image_shape": (16, 24, 3),
        "filters": 2,
        "bottleneck": "channel_wise",
        "masks": masks.RandomRegions(0.2, 0.4, cells=3),
        "overlap": 2,
    }
    batch = IMAGES
    compile_arguments = {"discriminator_steps": 2, "penalty": "r1"}


# -------------------------------------------------------------- the networks


def with_biases(network):
    """Parameters, with the biases that the authors' code keeps at zero."""
    layers = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
    layers = (*layers, keras.layers.Dense)
    return num_trained(network) + sum(
        layer.filters if hasattr(layer, "filters") else layer.units
        for layer in network.layers
        if isinstance(layer, layers)
    )


def test_the_papers_networks_at_128(monkeypatch):
    monkeypatch.setattr(strided, "kernel_initializer", lambda: "zeros")  # fast
    generator = networks.build_generator((128, 128, 3), (64, 64, 3))
    discriminator = networks.build_discriminator((64, 64, 3))
    assert generator.output_shape == (None, 64, 64, 3)
    assert with_biases(generator) == 71_130_531
    assert with_biases(discriminator) == 2_766_529


def test_the_second_program_makes_the_whole_image():
    generator = networks.build_generator((128, 128, 3), (128, 128, 3), 2, 3)
    discriminator = networks.build_discriminator((128, 128, 3), 2)
    ups = [x for x in generator.layers if x.name.startswith("up")]
    assert [x.filters for x in ups] == [8, 4, 2, 2, 3]
    downs = [x for x in discriminator.layers if x.name.startswith("down")]
    assert [x.filters for x in downs] == [2, 2, 4, 8, 16]
    assert generator.output_shape == (None, 128, 128, 3)


def test_the_channel_wise_layer_replaces_the_bottleneck():
    network = networks.build_generator(
        (32, 32, 3), (16, 16, 3), 2, bottleneck="channel_wise"
    )
    kernel = network.get_layer("channel_wise").kernel
    assert tuple(kernel.shape) == (8, 16, 16)
    assert not any(x.name == "bottleneck" for x in network.layers)


@pytest.mark.parametrize("shape", [(36, 64, 3), (24, 17, 3), (6, 6, 1)])
def test_sizes_that_cannot_be_halved(shape):
    with pytest.raises(ValueError, match=r"Expected sides.*Received: "):
        ContextEncoder(shape)


# ---------------------------------------------------------------- the losses


def squared_error(gan, images, holes, outputs):
    """Of the formula in the module, pixel by pixel."""
    total = []
    _, height, width, _ = images.shape
    for image, hole, output in zip(images, holes[..., 0], outputs):
        errors, count = 0.0, 0
        for row in range(height):
            for column in range(width):
                reach = gan.overlap
                near = hole[
                    max(0, row - reach) : row + reach + 1,
                    max(0, column - reach) : column + reach + 1,
                ]
                if not near.any():
                    continue
                weight = 1.0 if hole[row, column] else gan.overlap_weight
                difference = image[row, column] - output[row, column]
                errors += weight * np.mean(difference**2)
                count += 1
        total.append(errors / count)
    return np.mean(total)


def test_the_loss_of_any_hole_is_the_formula():
    gan = ContextEncoder((16, 24, 3), 2, 6, masks="given", overlap=2, fill=0.5)
    gan.compile(overlap_weight=7.0, **EAGERLY)
    batch = tuple(map(keras.ops.convert_to_tensor, (IMAGES, MASKS)))
    found = gan.losses(batch, training=False)
    filled = np.where(MASKS == 1, 0.5, IMAGES)
    outputs = gan.generator.predict(filled, verbose=0)
    expected = squared_error(gan, IMAGES, MASKS, outputs)
    l2_loss = float(to_numpy(found.logs["generator"]["l2_loss"]))
    assert l2_loss == pytest.approx(expected, rel=1e-4)
    ((real, fake, _, fake_logits),) = found.pairs
    np.testing.assert_array_equal(to_numpy(real), IMAGES)
    restored = np.where(MASKS == 1, outputs, IMAGES)
    np.testing.assert_allclose(to_numpy(fake), restored, atol=1e-5)
    g_loss = np.mean(np.log1p(np.exp(-to_numpy(fake_logits))))
    total = float(to_numpy(found.players["generator"]))
    assert total == pytest.approx(0.001 * g_loss + 0.999 * expected, rel=1e-4)


def test_the_center_has_a_hole_and_a_band():
    gan = ContextEncoder((16, 24, 3), 2, 6, overlap=1)
    gan.compile(overlap_weight=7.0, **EAGERLY)
    (images,) = batch = (keras.ops.convert_to_tensor(IMAGES),)
    hole = np.zeros((8, 16, 24, 1), "float32")
    hole[:, 5:11, 7:17] = 1
    np.testing.assert_array_equal(to_numpy(gan.holes_of(batch)), hole)
    color = np.array([117, 104, 123]) / 127.5 - 1
    seen = np.where(hole == 1, color, IMAGES)
    np.testing.assert_allclose(
        to_numpy(gan.emptied(images, gan.holes_of(batch))), seen, atol=1e-6
    )
    outputs = np.zeros_like(IMAGES)
    outputs[:, 4:12, 6:18] = gan.generator.predict(seen, verbose=0)
    found = gan.losses(batch, training=False)
    expected = squared_error(gan, IMAGES, hole, outputs)
    l2_loss = float(to_numpy(found.logs["generator"]["l2_loss"]))
    assert l2_loss == pytest.approx(expected, rel=1e-4)
    ((real, fake, *_),) = found.pairs
    np.testing.assert_array_equal(to_numpy(real), IMAGES[:, 4:12, 6:18])
    assert tuple(fake.shape) == (8, 8, 12, 3)


def test_without_the_adversary_it_is_the_l2_network():
    gan = ContextEncoder((16, 24, 3), 2, 6, overlap=1)
    gan.compile(adversarial_weight=0, **EAGERLY)
    found = gan.losses((keras.ops.convert_to_tensor(IMAGES),))
    total = to_numpy(found.players["generator"])
    assert total == to_numpy(found.logs["generator"]["l2_loss"])
    with pytest.raises(ValueError, match=r"between 0 and 1\. Received: "):
        gan.compile(adversarial_weight=2)


def test_every_step_has_new_holes_and_evaluation_the_same():
    gan = ContextEncoder((16, 24, 3), 2, 6, masks="rectangles", seed=0)
    batch = (keras.ops.convert_to_tensor(IMAGES),)
    first, second = (to_numpy(gan.holes_of(batch)) for _ in range(2))
    assert not np.array_equal(first, second)
    one, same = (to_numpy(gan.holes_of(batch, seed=1)) for _ in range(2))
    np.testing.assert_array_equal(one, same)


# ----------------------------------------------------------------- restoring


def test_known_pixels_stay_and_the_hole_is_made():
    gan = ContextEncoder((16, 24, 3), 2, 6, masks="regions")
    images = np.concatenate([IMAGES, IMAGES[:1]])  # any number of them
    holes = np.concatenate([MASKS, MASKS[:1]])
    restored = gan.restore(images, holes, batch_size=4)
    assert restored.dtype == np.float32
    known = np.broadcast_to(holes == 0, images.shape)
    np.testing.assert_array_equal(restored[known], images[known])
    assert (restored[~known] != images[~known]).mean() > 0.99
    # What was in the hole does not count.
    other = np.where(holes == 1, -images, images)
    np.testing.assert_allclose(gan.restore(other, holes), restored, atol=1e-6)
    np.testing.assert_allclose(restored[0], restored[8], atol=1e-6)
    # One mask for all, and half of both sides without any.
    one = gan.restore(images, holes[0])
    np.testing.assert_allclose(one[0], restored[0], atol=1e-6)
    hole = (gan.restore(images) != images).any((0, 3))
    assert np.argwhere(hole).min(0).tolist() == [4, 6]
    assert np.argwhere(hole).max(0).tolist() == [11, 17]


def test_a_model_of_the_center_fills_parts_of_it():
    gan = ContextEncoder((16, 24, 3), 2, 6, overlap=1)
    restored = gan.restore(IMAGES)
    hole = (restored != IMAGES).any((0, 3))
    assert np.argwhere(hole).min(0).tolist() == [5, 7]
    assert np.argwhere(hole).max(0).tolist() == [10, 16]
    part = np.zeros((16, 24, 1))
    part[6:8, 8:11] = 1
    np.testing.assert_allclose(
        gan.restore(IMAGES, part),
        np.where(part == 1, restored, IMAGES),
        atol=1e-6,
    )
    part[0] = 1
    with pytest.raises(ValueError, match="rows 5 to 10 and columns 7 to 16"):
        gan.restore(IMAGES, part)


@pytest.mark.parametrize(
    ("images", "holes", "message"),
    [
        (IMAGES[0], None, "do not fit"),
        (IMAGES[:, 1:], None, "do not fit"),
        (IMAGES * 9, None, "wrong range"),
        (IMAGES, MASKS[:, 1:], "masks do not fit"),
        (IMAGES, MASKS[:3], "one mask for all images, or 8"),
        (IMAGES, MASKS / 2, "wrong values"),
    ],
)
def test_what_cannot_be_restored(images, holes, message):
    gan = ContextEncoder((16, 24, 3), 2, 6, masks="regions")
    with pytest.raises(ValueError, match=message) as error:
        gan.restore(images, holes)
    assert "Expected" in str(error.value)
    assert "Received" in str(error.value)


def test_a_fill_that_is_no_color():
    for fill in (3.0, [0.1, 0.2]):
        with pytest.raises(ValueError, match=r"one color.*Received: fill="):
            ContextEncoder((16, 24, 3), 2, 6, fill=fill)


def test_masks_in_the_batch_are_checked_and_used():
    gan = ContextEncoder((16, 24, 3), 2, 6, masks="given", overlap=1)
    gan.compile(**EAGERLY)
    gan.fit(IMAGES, MASKS, batch_size=8, verbose=0)
    assert "given" in str(gan.get_config()["masks"])
    with pytest.raises(ValueError, match="batches of 2 members"):
        gan.fit(IMAGES, verbose=0)
    with pytest.raises(ValueError, match="masks have wrong values"):
        gan.fit(IMAGES, 255 * MASKS, verbose=0)


def test_it_is_measured_against_the_truth():
    gan = ContextEncoder((16, 24, 3), 2, 6, masks="rectangles")
    found = kgz.evaluate(gan, IMAGES, ["psnr"], subsets=0).values["psnr"]
    again = kgz.evaluate(gan, IMAGES, ["psnr"], subsets=0).values["psnr"]
    assert found == again
    batches = kgz.data.arrays(IMAGES, batch_size=8)
    again = kgz.evaluate(gan, batches, ["psnr"], subsets=0).values["psnr"]
    assert abs(found - again) < 3  # in another order, with other holes
    assert 10 < found < 40


@pytest.mark.one_backend
def test_pictures_during_training_show_hole_result_and_truth(tmp_path):
    gan = ContextEncoder((16, 24, 3), 2, 6, overlap=1, fill=-1.0)
    batches = kgz.data.arrays(IMAGES, batch_size=4)
    grid = kgz.callbacks.grid_for(gan, batches, tmp_path)
    grid.set_model(gan)
    picture = grid.draw()
    rows = picture.reshape(-1, picture.shape[1], 3)[:16]
    assert picture.shape == (4 + 8 * (16 + 2) - 4 - 2, 3 * 24 + 2 * 2, 3)
    hole, restored, truth = (rows[:, i : i + 24] for i in (0, 26, 52))
    assert (hole[5:11, 7:17] == 0).all()
    known = np.ones((16, 24), bool)
    known[5:11, 7:17] = False
    np.testing.assert_array_equal(hole[known], truth[known])
    np.testing.assert_array_equal(restored[known], truth[known])
    assert (restored != truth).any()
    examples = (IMAGES, MASKS)
    given = ContextEncoder((16, 24, 3), 2, 6, masks="given", fill=-1.0)
    holes, *_ = given.example_rows(examples)[0]
    np.testing.assert_array_equal(holes, np.where(MASKS == 1, -1, IMAGES))
