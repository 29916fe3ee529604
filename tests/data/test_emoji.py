"""The emoji: what they are, beside what, and that a pass can be resumed."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_gan_zoo as kgz
from keras_gan_zoo import data
from keras_gan_zoo.data import sprites

MEGABYTES = 2.5


def all_of(**given):
    """Everything in one batch, in numpy."""
    batch_size = given.pop("batch_size", 1488)
    return next(iter(data.emoji(batch_size=batch_size, **given)))


def about():
    text = (sprites.FOLDER / "emoji.json").read_text(encoding="utf-8")
    return json.loads(text)["emoji"]


def test_the_sheet_is_small_and_credited():
    size = (sprites.FOLDER / "sheet.webp").stat().st_size
    assert size < MEGABYTES * 1e6
    credit = (sprites.FOLDER / "CREDIT.txt").read_text(encoding="utf-8")
    for name in ("Google LLC", "Apache License", "Unicode, Inc.", "MIT"):
        assert name in credit


def test_images_are_color_on_white():
    images = all_of().numpy()
    assert images.shape == (1488, 32, 32, 3)
    assert images.dtype == "float32"
    assert images.min() == -1
    assert images.max() == 1
    corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert np.mean(corners == 1) > 0.85
    assert np.mean(np.ptp(images, axis=-1) > 0.5) > 0.2  # colorful


def test_pictures_are_the_real_ones(real_data):
    images, texts = all_of(image_size=64, captions=True)
    ours = dict(zip(texts.numpy(), images.numpy()))
    assert len(ours) > 1480  # a few have the same caption
    for one in about()[::150]:
        file = real_data / "emoji" / "noto" / f"{one['codepoints']}.png"
        with Image.open(file) as picture:
            real = np.asarray(picture.convert("RGB")) / 127.5 - 1
        found = ours[one["caption"].encode()]
        assert np.abs(found - real).mean() < 0.03, one


def test_they_are_resized_without_jagged_edges():
    large = all_of(image_size=(64, 64)).numpy()
    small = all_of(image_size=16).numpy()
    tall = all_of(image_size=(24, 16)).numpy()
    assert tall.shape == (1488, 24, 16, 3)
    mean = large.reshape(1488, 16, 4, 16, 4, 3).mean(axis=(2, 4))
    assert np.abs(small - mean).mean() < 0.06
    assert np.abs(small - large[:, 2::4, 2::4]).mean() > 0.1


def test_labels_are_groups():
    dataset = data.emoji(batch_size=1488, labels=True)
    images, labels = next(iter(dataset))
    assert len(dataset.class_names) == 9
    groups = [dataset.class_names.index(one["group"]) for one in about()]
    np.testing.assert_array_equal(
        np.bincount(labels), np.bincount(groups, minlength=9)
    )
    assert min(np.bincount(labels)) >= 9
    faces = images.numpy()[labels.numpy() == 0]  # most of them are yellow
    middle = faces[:, 12:20, 12:20].mean(axis=(0, 1, 2))
    assert middle[0] > 0.2 > middle[2]


def test_groups_are_chosen_in_their_order():
    dataset = data.emoji(
        batch_size=9, labels=True, groups=["flags", "food-drink"]
    )
    assert dataset.class_names == ["flags", "food-drink"]
    labels = np.concatenate([batch[1] for batch in dataset])
    assert set(labels) == {0, 1}
    assert len(data.emoji(batch_size=1, groups="flags")) == 9


def test_captions_belong_to_their_images():
    images, texts = all_of(captions=True)
    assert texts.dtype == tf.string
    ours = dict(zip(texts.numpy().tolist(), images.numpy()))
    red = ours[b"red square"][16, 16]
    blue = ours[b"blue square"][16, 16]
    assert red[0] > 0.4 > red[2]
    assert blue[2] > 0.4 > blue[0]


def test_outlines_belong_to_their_pictures():
    outlines, images = all_of(task="outlines", image_size=64)
    outlines = outlines.numpy()
    assert outlines.shape == (1488, 64, 64, 1)
    assert set(np.unique(outlines)) == {-1, 1}
    assert 0.03 < np.mean(outlines < 0) < 0.25
    # Where a pixel is black, the picture changes, mirrored or not.
    x = images.numpy()
    change = np.abs(np.diff(x, axis=1)).max(axis=-1)[:, :, 1:-1]
    drawn = outlines[:, :-1, 1:-1, 0] < 0
    assert change[drawn].mean() > 10 * change[~drawn].mean()
    small, _ = all_of(task="outlines", batch_size=16)
    assert len(np.unique(small)) > 10  # antialiased


@pytest.mark.parametrize(
    "given", [{}, {"labels": True}, {"captions": True}, {"task": "outlines"}]
)
def test_a_pass_can_begin_in_the_middle(given):
    def passes(dataset, num):
        return [[tf.nest.flatten(b) for b in dataset] for _ in range(num)]

    def equal(some, others):
        for one, other in zip(some, others, strict=True):
            for x, y in zip(one, other, strict=True):
                np.testing.assert_array_equal(x, y)

    def dataset():
        return data.emoji((8, 8), 24, groups="food-drink", **given)

    whole = passes(dataset(), 2)
    again = dataset()
    again.position.epoch, again.position.batch = 1, 2
    equal(passes(again, 1)[0][:3], whole[1][2:])
    other = data.emoji((8, 8), 24, groups="food-drink", seed=1, **given)
    assert not np.array_equal(passes(other, 1)[0][0][0], whole[0][0][0])


@pytest.mark.parametrize(
    "given, message",
    [
        ({"labels": True, "captions": True}, "Only one thing is given"),
        ({"labels": True, "task": "outlines"}, "Only one thing is given"),
        ({"task": "colour"}, "task='outlines' or None"),
        ({"groups": ["fruit"]}, "Expected some of .*food-drink"),
        ({"groups": []}, "Expected some of"),
    ],
)
def test_wrong_arguments_are_explained(given, message):
    with pytest.raises(ValueError, match=message):
        data.emoji(**given)


def test_the_command_line_knows_them():
    def opened(source, cls, **given):
        return data.read_source(source, cls, batch_size=9, **given)

    images = opened("emoji", kgz.DCGAN)
    assert images.element_spec.shape == (9, 32, 32, 3)
    flags = opened("emoji:flags", kgz.DCGAN, image_size=(16, 16))
    assert len(flags) == 1
    assert flags.element_spec.shape == (9, 16, 16, 3)
    assert len(opened("emoji", kgz.ConditionalGAN).class_names) == 9
    inputs, targets = opened("emoji:outlines", kgz.Pix2Pix).element_spec
    assert (inputs.shape[-1], targets.shape[-1]) == (1, 3)
    with pytest.raises(ValueError, match="Expected some of"):
        opened("emoji:fruit", kgz.DCGAN)
