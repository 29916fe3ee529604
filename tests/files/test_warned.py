"""Warnings point at the user's line, whoever gave them."""

import inspect

import numpy as np
import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo.modalities import Audio, Image

BRIGHT = np.full((4, 8, 8, 1), 0.9, "float32")
EAGERLY = {"run_eagerly": True}


def here():
    return inspect.currentframe().f_back.f_lineno


def line_of(caught, text):
    found = [w for w in caught if text in str(w.message)]
    assert len(found) == 1
    assert found[0].filename == __file__
    return found[0].lineno


@pytest.mark.parametrize(
    ("cls", "further"),
    [(kgz.DCGAN, {}), (kgz.ConditionalGAN, {"num_classes": 2})],
)
def test_the_range_of_images_is_doubted_at_the_line_of_fit(cls, further):
    gan = cls((8, 8, 1), filters=2, **further)
    gan.compile(**EAGERLY)
    labels = [np.zeros(4, "int32")] if further else []
    with pytest.warns(UserWarning, match="range") as caught:
        gan.fit(BRIGHT, *labels, verbose=0)
        line = here() - 1
    assert line_of(caught, "If their range is [0, 1]") == line


def test_it_is_doubted_at_the_line_of_a_check_alone():
    with pytest.warns(UserWarning, match="range") as caught:
        Image((8, 8, 1)).check(BRIGHT)
        line = here() - 1
    assert line_of(caught, "If their range is [0, 1]") == line
    with pytest.warns(UserWarning, match="silence") as caught:
        Audio((8, 1)).check(np.zeros((2, 8, 1), "float32"))
        line = here() - 1
    assert line_of(caught, "silence") == line


def test_callbacks_warn_at_the_line_of_fit(tmp_path):
    gan = kgz.DCGAN((8, 8, 1), filters=2)
    gan.compile(**EAGERLY)
    kernel = gan.generator.weights[0]
    kernel.assign(np.full(kernel.shape, np.nan, "float32"))
    backup = kgz.callbacks.Backup(tmp_path)
    callbacks = [kgz.callbacks.StopOnNaN(), backup]
    with pytest.warns(UserWarning, match="not|No") as caught:
        gan.fit(-BRIGHT, verbose=0, callbacks=callbacks)
        line = here() - 1
    assert line_of(caught, "Training stopped in epoch 1") == line
    assert line_of(caught, "not the order of data") == line


def test_files_that_are_no_pictures_are_named_at_the_line_that_reads(tmp_path):
    Image((8, 8, 1)).write(tmp_path / "x.png", BRIGHT)
    (tmp_path / "notes.txt").write_text("none", encoding="utf-8")
    with pytest.warns(UserWarning, match="were skipped") as caught:
        kgz.data.image_folder(tmp_path, (8, 8), batch_size=1)
        line = here() - 1
    assert line_of(caught, "1 of 2 files") == line
