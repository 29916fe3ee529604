"""What `fit` looks at before it trains."""

import numpy as np
import pytest

from keras_gan_zoo import DCGAN
from keras_gan_zoo.files.lookup import look_up
from keras_gan_zoo.modalities import checks

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1))
IMAGES = IMAGES.astype("float32")


def small_gan():
    gan = DCGAN((8, 8, 1), latent_dim=4, filters=4)
    gan.compile()
    return gan


def test_a_range_from_zero_is_warned_of():
    with pytest.warns(UserWarning, match="2 \\* x - 1"):
        checks.images((IMAGES + 1) / 2, (8, 8, 1))


def test_generators_lose_no_batch():
    seen = []

    def batches():
        for start in range(0, 8, 2):
            seen.append(start)
            yield IMAGES[start : start + 2]

    first, x = checks.first_batch(batches())
    np.testing.assert_array_equal(first, IMAGES[:2])
    np.testing.assert_array_equal(np.concatenate(list(x)), IMAGES)
    assert seen == [0, 2, 4, 6]


def test_empty_datasets_are_explained():
    import tensorflow as tf

    empty = tf.data.Dataset.from_tensor_slices(IMAGES[:0]).batch(2)
    with pytest.raises(ValueError, match="at least one batch"):
        small_gan().fit(empty)


def test_all_kinds_of_input_train():
    import keras
    import tensorflow as tf

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return IMAGES[4 * index : 4 * index + 4]

    for x in (
        IMAGES,
        tf.data.Dataset.from_tensor_slices(IMAGES).batch(4),
        Batches(),
    ):
        history = small_gan().fit(x, verbose=0).history
        assert np.isfinite(history["d_loss"]).all()


def test_torch_data_loaders_train():
    torch = pytest.importorskip("torch")
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.tensor(IMAGES)), batch_size=4
    )
    history = small_gan().fit(loader, verbose=0).history
    assert np.isfinite(history["d_loss"]).all()
    small = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.tensor(IMAGES[:, :4])),
        batch_size=4,
    )
    with pytest.raises(ValueError, match="do not fit"):
        small_gan().fit(small, verbose=0)


def test_look_up_names_the_near_miss():
    with pytest.raises(ValueError, match=r"Did you mean 'hinge'\? Known"):
        look_up("hingee", {"hinge": 1, "minimax": 2}, "loss")
