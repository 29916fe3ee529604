"""What `fit` looks at before it trains."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, all_state

import keras_gan_zoo as kgz
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
    np.testing.assert_array_equal(np.concatenate([b for (b,) in x]), IMAGES)
    assert seen == [0, 2, 4, 6]


def test_empty_datasets_are_explained():
    import tensorflow as tf

    empty = tf.data.Dataset.from_tensor_slices(IMAGES[:0]).batch(2)
    with pytest.raises(ValueError, match="at least one batch"):
        small_gan().fit(empty)
    with pytest.raises(ValueError, match="at least one batch"):
        small_gan().fit(iter(()))


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


def tiny_gan(**kwargs):
    keras.utils.set_random_seed(0)
    gan = kgz.VanillaGAN(
        (8, 8, 1), 4, generator_units=(4,), discriminator_units=(4,), seed=0
    )
    gan.compile(**{**EAGERLY, **kwargs})
    return gan


def finite(gan):
    return all(np.isfinite(value).all() for value in all_state(gan))


def loaders():
    """What people give to `fit` beside arrays, of eight images alone."""
    import torch

    def one_by_one():
        yield IMAGES[:4]
        yield IMAGES[4:]

    return {
        "generator": one_by_one(),
        "iterator": iter([(IMAGES[:4],), (IMAGES[4:],)]),
        "loader": torch.utils.data.DataLoader(torch.tensor(IMAGES), 4),
        "list": list(IMAGES),
        "tuple": (IMAGES, np.arange(8)),
    }


# Keras' own word on generators, of which it knows no length.
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize(
    "kind", ["generator", "iterator", "loader", "list", "tuple"]
)
def test_other_kinds_of_input_train_on_all_images(kind):
    pytest.importorskip("torch")
    seen = []

    class Spy(kgz.VanillaGAN):
        def end_step(self, data, logs):
            seen.append(len(self.members(data)[0]))
            return super().end_step(data, logs)

    gan = Spy(
        (8, 8, 1), 4, generator_units=(4,), discriminator_units=(4,), seed=0
    )
    gan.compile(run_eagerly=True)
    gan.fit(loaders()[kind], batch_size=None, verbose=0)
    assert sum(seen) == 8
    assert finite(gan)


@pytest.mark.parametrize("kind", ["list", "series"])
def test_labels_may_be_lists_and_series(kind):
    labels = [0, 1, 2, 0, 1, 2, 0, 1]
    if kind == "series":
        labels = pytest.importorskip("pandas").Series(
            labels, index=range(9, 1, -1)
        )
    gan = kgz.ConditionalGAN((8, 8, 1), 3, latent_dim=2, filters=2)
    gan.compile(**EAGERLY)
    history = gan.fit(IMAGES, labels, batch_size=4, verbose=0).history
    assert np.isfinite(history["d_loss"]).all()


def test_a_wrong_label_behind_the_first_batch_is_explained():
    images = np.repeat(IMAGES, 40, axis=0)
    labels = np.zeros(320, "int32")
    labels[300] = 7
    gan = kgz.ConditionalGAN((8, 8, 1), 3, latent_dim=2, filters=2)
    gan.compile(**EAGERLY)
    with pytest.raises(ValueError, match=r"labels in \[0, 3\).*\[7\]"):
        gan.fit(images, labels, verbose=0)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ("photos", r"image_folder\('photos'"),
        ({"image": IMAGES}, "a dict of 'image'"),
        (iter([{"image": IMAGES}]), "a dict of 'image'"),
    ],
    ids=["name", "dict", "dicts"],
)
def test_what_cannot_be_read_is_explained(x, message):
    with pytest.raises(ValueError, match=message):
        tiny_gan().fit(x, verbose=0)


@pytest.mark.parametrize("name", ["sample_weight", "class_weight"])
def test_weights_of_examples_are_refused(name):
    with pytest.raises(ValueError, match=f"Expected no {name}"):
        tiny_gan().fit(IMAGES, verbose=0, **{name: np.ones(8)})


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_other_floats_train_with_a_penalty(dtype):
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices(IMAGES.astype(dtype)).batch(4)
    gan = tiny_gan(penalty="wgan_gp")
    history = gan.fit(batches, verbose=0).history
    assert np.isfinite(history["penalty"]).all()


# ------------------------------------------------- batches that are too small


def test_a_last_batch_too_small_for_its_parts_is_refused():
    gan = tiny_gan(discriminator_steps=2)
    before = all_state(gan)
    with pytest.raises(ValueError, match="Received: a batch of 1"):
        gan.fit(IMAGES[:5], batch_size=4, verbose=0)
    for old, new in zip(before, all_state(gan)):
        np.testing.assert_array_equal(old, new)
    gan.fit(IMAGES[:6], batch_size=4, verbose=0)
    assert finite(gan)


@pytest.mark.parametrize("eagerly", [True, False])
def test_a_small_batch_of_a_dataset_stops_the_training(eagerly):
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices(IMAGES[:5]).batch(4)
    gan = tiny_gan(discriminator_steps=2, run_eagerly=eagerly)
    with pytest.raises(
        (ValueError, tf.errors.InvalidArgumentError), match="2 minibatches"
    ):
        gan.fit(batches, verbose=0)
    if keras.backend.backend() != "jax":  # it takes the arrays with it
        assert finite(gan)


def test_growing_models_count_their_parts():
    gan = kgz.ProGAN((8, 8, 1), 3, fmap_base=8, fmap_max=2)
    gan.compile(
        phase_images=8, batch_parts=[1, 4], discriminator_steps=2, **EAGERLY
    )
    with pytest.raises(ValueError, match="into 8 minibatches"):
        gan.fit(np.concatenate([IMAGES, IMAGES[:7]]), batch_size=8, verbose=0)
