"""Names of classes stay with the model; wrong labels stop any batch."""

import keras
import numpy as np
import pytest
from checks import EAGERLY

import keras_gan_zoo as kgz
from keras_gan_zoo.families import classes
from keras_gan_zoo.modalities import Label

NAMES = ["cat", "dog", "owl"]
IMAGES = np.zeros((8, 8, 8, 1), "float32") - 1
LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1], "int32")
# In the second of two batches.
WRONG = np.array([0, 1, 2, 0, 1, 7, 0, 1], "int32")


def made(cls=kgz.ConditionalGAN, **kwargs):
    kwargs = kwargs or {"num_classes": 3}
    gan = cls((8, 8, 1), latent_dim=2, filters=2, **kwargs)
    gan.compile(**EAGERLY)
    return gan


def named(names=NAMES):
    dataset = kgz.data.arrays(IMAGES, LABELS, batch_size=4)
    dataset.class_names = names
    return dataset


@pytest.fixture(scope="module")
def trained():
    gan = made()
    gan.fit(named(), verbose=0)
    return gan


# -------------------------------------------------------------------- names


def test_names_are_in_the_file(trained, tmp_path):
    assert trained.class_names == NAMES
    trained.save(tmp_path / "gan.keras")
    trained.save_to_preset(tmp_path / "preset")
    for again in (
        kgz.load(tmp_path / "gan.keras"),
        kgz.load(tmp_path / "gan.keras", compile=False),
        kgz.from_preset(tmp_path / "preset"),
    ):
        assert again.class_names == NAMES
        assert again.controls[0].names == NAMES
    assert "class_names" not in made().get_config()


def test_images_are_drawn_by_name(trained):
    named, numbered = (
        trained.generate(2, labels=labels, seed=0)
        for labels in (["owl", "cat"], [2, 0])
    )
    np.testing.assert_array_equal(named, numbered)
    trained.generate(2, labels="owl")
    with pytest.raises(ValueError, match="Received: 'cow'"):
        trained.generate(1, labels="cow")


def test_models_that_read_no_labels_have_no_names():
    gan = made(kgz.DCGAN, seed=0)
    gan.fit(named(), verbose=0)
    assert gan.class_names is None


def test_other_classes_are_explained(trained):
    with pytest.raises(ValueError, match=r"Expected 3 classes\. Received: 2"):
        made().fit(named(NAMES[:2]), verbose=0)
    gan = made()
    gan.class_names = NAMES
    with pytest.warns(UserWarning, match="from now on"):
        gan.fit(named(NAMES[::-1]), verbose=0)
    assert gan.class_names == NAMES[::-1]


# ------------------------------------------------- labels of a later batch


class Batches(keras.utils.PyDataset):
    def __init__(self, labels):
        super().__init__()
        self.labels = labels

    def __len__(self):
        return 2

    def __getitem__(self, index):
        part = slice(4 * index, 4 * index + 4)
        return IMAGES[part], self.labels[part]


def loader(labels):
    torch = pytest.importorskip("torch")

    data = torch.utils.data.TensorDataset(
        torch.from_numpy(IMAGES), torch.from_numpy(labels)
    )
    return torch.utils.data.DataLoader(data, batch_size=4)


def dataset(labels):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((IMAGES, labels)).batch(4)


def generator(labels):
    return (Batches(labels)[index] for index in range(2))


@pytest.mark.parametrize("kind", [Batches, loader, dataset, generator])
def test_a_wrong_label_in_a_later_batch_stops_the_training(kind):
    gan = made()
    gan.fit(kind(LABELS), steps_per_epoch=2, verbose=0)
    assert int(gan.steps) == 2
    # Of tf.data: InvalidArgumentError.
    with pytest.raises(
        Exception, match=r"Expected labels in \[0, 3\)"
    ) as error:
        gan.fit(kind(WRONG), steps_per_epoch=2, verbose=0)
    assert "7" in str(error.value)
    assert int(gan.steps) <= 3


def test_one_hot_labels_are_checked_too():
    gan = made()
    rows = np.eye(3, dtype="float32")[LABELS]
    gan.fit(dataset(rows), verbose=0)
    rows[6] = [0.5, 0.5, 0]
    with pytest.raises(Exception, match="Expected labels in"):
        gan.fit(dataset(rows), verbose=0)


def test_a_backup_goes_on_with_checked_data(tmp_path, trained):
    backup = kgz.callbacks.Backup(tmp_path)
    made().fit(named(), verbose=0, callbacks=[backup])
    gan = made()
    gan.fit(named(), epochs=2, verbose=0, callbacks=[backup])
    assert int(gan.steps) == 4


def test_data_without_labels_are_left_alone():
    data = dataset(LABELS)
    assert classes.checked(made(kgz.DCGAN, seed=0), data) is data


def test_names_are_numbers_for_a_label():
    label = Label(3, NAMES)
    assert label.numbers("dog") == 1
    assert label.numbers(2) == 2
    np.testing.assert_array_equal(label.numbers(np.eye(3)), np.eye(3))
