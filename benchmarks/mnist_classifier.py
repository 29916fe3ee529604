"""A judge of generated digits: a small CNN, trained on MNIST.

    python benchmarks/mnist_classifier.py --data-dir DIR --output judge.keras

Three epochs; prints the accuracy on the test set, which should reach 99 % for
the judge to be trusted. `benchmarks/control.py` trains it by itself if the
file is not there.
"""

import argparse
import pathlib

import keras
import numpy as np
from keras import layers

import keras_gan_zoo as kgz


def mnist(split, data_dir=None):
    """All of MNIST's `"train"` or `"test"` images and labels as arrays."""
    batches = kgz.data.tfds(
        "mnist", batch_size=1000, labels=True, split=split, data_dir=data_dir
    )
    images, labels = zip(*batches.as_numpy_iterator())
    return np.concatenate(images), np.concatenate(labels)


def build():
    """Images in [-1, 1] to the logits of ten classes."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(128, activation="relu"),
            layers.Dense(10),
        ]
    )


def train(path, data_dir=None, epochs=3):
    """Trains the judge, saves it and returns it with its test accuracy."""
    keras.utils.set_random_seed(0)
    judge = build()
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, epochs * 468)
    judge.compile(
        keras.optimizers.Adam(schedule),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    images, labels = mnist("train", data_dir)
    judge.fit(images, labels, batch_size=128, epochs=epochs, verbose=2)
    judge.save(path)
    return judge, accuracy(judge, data_dir)


def load_or_train(path, data_dir=None):
    """The judge in the file `path`, which is made if it is missing."""
    if not pathlib.Path(path).exists():
        return train(path, data_dir)
    judge = keras.saving.load_model(path)
    return judge, accuracy(judge, data_dir)


def accuracy(judge, data_dir=None):
    """Share of MNIST's test images that the judge tells rightly."""
    images, labels = mnist("test", data_dir)
    return float(np.mean(classes(judge, images) == labels))


def classes(judge, images):
    """The likeliest class of each image, ints `(num,)`."""
    logits = judge.predict(images, batch_size=500, verbose=0)
    return logits.argmax(axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--output", default="judge.keras")
    arguments = parser.parse_args()
    _, share = train(arguments.output, arguments.data_dir)
    print(f"accuracy on the 10,000 test images: {share:.2%}")


if __name__ == "__main__":
    main()
