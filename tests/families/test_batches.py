"""What `fit` looks at before it trains."""

import numpy as np
import pytest

from keras_gan_zoo import DCGAN
from keras_gan_zoo.families import batches

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1))
IMAGES = IMAGES.astype("float32")


def small_gan():
    gan = DCGAN((8, 8, 1), latent_dim=4, filters=4)
    gan.compile()
    return gan


def test_generators_lose_no_batch():
    seen = []

    def one_by_one():
        for start in range(0, 8, 2):
            seen.append(start)
            yield IMAGES[start : start + 2]

    first, x = batches.first_batch(one_by_one())
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


@pytest.mark.parametrize("labels", [None, np.arange(8)])
def test_arrays_are_looked_at(labels):
    first, x = batches.first_batch(IMAGES, labels)
    assert x is IMAGES
    expected = IMAGES if labels is None else (IMAGES, labels)
    np.testing.assert_equal(first, expected)


def test_batches_that_devices_cannot_share():
    batches.equal_parts(IMAGES, IMAGES, batch_size=3, parts=1)
    batches.equal_parts(IMAGES, IMAGES, batch_size=4, parts=2)
    with pytest.raises(ValueError, match=r"2 divides\. Received: batches of 1"):
        batches.equal_parts(IMAGES, IMAGES, batch_size=1, parts=2)
    with pytest.raises(ValueError, match=r"Expected whole.*Received: ndarray"):
        batches.equal_parts(IMAGES, IMAGES, batch_size=6, parts=2)


def test_to_numpy_takes_what_any_library_calls_an_array():
    import keras
    import tensorflow as tf

    assert batches.to_numpy(None) is None
    assert batches.to_numpy(IMAGES) is IMAGES
    tensor = keras.ops.convert_to_tensor(IMAGES)
    for array in (IMAGES.tolist(), tensor, tf.constant(IMAGES)):
        found = batches.to_numpy(array)
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, IMAGES)
