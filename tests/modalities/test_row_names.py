import numpy as np
import pytest

from keras_gan_zoo.modalities import row_names


def test_each_row_has_its_name():
    picture = np.random.default_rng(0).integers(0, 256, (60, 40, 3), "uint8")
    found = row_names.named(picture, ["", "i", "WWW"])
    np.testing.assert_array_equal(found[:, -40:], picture)
    column = found[:, :-40]
    ink = (column < 128).sum(axis=(1, 2)).reshape(3, 20).sum(axis=1)
    assert ink[0] == 0 < ink[1] < ink[2]  # each name is in its own row


def test_rows_lower_than_text_are_enlarged():
    picture = np.arange(12, dtype="uint8").reshape(4, 1, 3)
    found = row_names.named(picture, ["one", "two"])
    assert len(found) == 36
    np.testing.assert_array_equal(found[:, -9:][::9, ::9], picture)


@pytest.mark.parametrize("length", [25, 1000])
def test_long_names_are_cut(length):
    picture = np.zeros((20, 20, 3), "uint8")
    longest = row_names.named(picture, ["W" * 24]).shape
    assert row_names.named(picture, ["W" * length]).shape[1] <= longest[1] + 5
