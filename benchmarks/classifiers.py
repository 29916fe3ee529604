"""Trains classifiers for the metrics.

    python benchmarks/classifiers.py --dataset mnist --data-dir DIR
    python benchmarks/classifiers.py --dataset digits
    python benchmarks/classifiers.py --dataset cifar10 --data DIR --output RUNS

The first two are small CNNs that ship with the package. The third is a small
residual network for `cifar10.py`, which does not ship: give it another folder.
Its images come from a folder or from TFDS, see `cifar10_data.py`. If it is
killed, it continues after the last whole epoch. `--dtype mixed_bfloat16` takes
a quarter less time on processors that have it.

Writes `<dataset>_classifier/model.keras` and a card, a `.json` file with the
accuracy on held-out images, to `--output`. Of MNIST and CIFAR-10 those are the
test set, of scikit-learn's digits a fifth, drawn at random.
"""

import argparse
import hashlib
import json
import pathlib
import time

import cifar10_data
import keras
import numpy as np
from keras import layers

import keras_gan_zoo as kgz

CREDITS = {
    "mnist": "MNIST (LeCun, Cortes & Burges), CC BY-SA 3.0",
    "digits": "Optical Recognition of Handwritten Digits (Alpaydin & Kaynak, "
    "UCI), as in scikit-learn, CC BY 4.0",
    "cifar10": "CIFAR-10 (Krizhevsky, 2009)",
}
EPOCHS = {"mnist": 4, "digits": 60, "cifar10": 16}


def mnist(split, data_dir=None):
    """All of MNIST's `"train"` or `"test"` images and labels as arrays."""
    batches = kgz.data.tfds(
        "mnist", batch_size=1000, labels=True, split=split, data_dir=data_dir
    )
    images, labels = zip(*batches.as_numpy_iterator())
    return np.concatenate(images), np.concatenate(labels)


def digits(split):
    """Four fifths (`"train"`) or one fifth of scikit-learn's digits."""
    batches = kgz.data.digits(batch_size=1797, labels=True)
    images, labels = next(batches.as_numpy_iterator())
    first = 4 * len(images) // 5
    part = slice(first) if split == "train" else slice(first, None)
    return images[part], labels[part]


def build(dataset):
    """Images in [-1, 1] to the probabilities of ten classes."""
    if dataset == "cifar10":
        return build_residual()
    side = {"mnist": 28, "digits": 8}[dataset]
    inputs = keras.Input((side, side, 1), name="images")
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    if dataset == "mnist":
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(128, activation="relu", name="features")(x)
    x = layers.Dropout(0.3)(x)
    outputs = layers.Dense(10, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name=f"{dataset}_classifier")


def build_residual(widths=(32, 128, 160)):
    """A small residual network for 32x32 pixels in color."""

    def convolution(x, filters, pooled=False):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        if pooled:
            x = layers.MaxPooling2D()(x)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))

    x = inputs = keras.Input((32, 32, 3), name="images")
    x = layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    for filters in widths:
        x = convolution(x, filters, pooled=True)
        x = layers.Add()([x, convolution(x, filters)])
    x = layers.GlobalMaxPooling2D(name="features")(x)
    x = layers.Dense(10, name="logits")(x)
    outputs = layers.Softmax(dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="cifar10_classifier")


class Augmented(keras.utils.PyDataset):
    """Shifted by up to 4 pixels, mirrored at random; the same for a seed.

    Args:
        images: uint8 array `(num, height, width, channels)`.
        labels: int array `(num,)`.
        seed: int, seed of order, shifts and mirrors.
        batch_size: int, images per batch.
    """

    def __init__(self, images, labels, seed, batch_size=256):
        super().__init__()
        edges = ((0, 0), (4, 4), (4, 4), (0, 0))
        self.images = np.pad(images, edges, mode="reflect")
        self.labels = labels
        self.side = images.shape[1]
        self.seed, self.batch_size = seed, batch_size
        self.begin(0)

    def begin(self, epoch):
        """Draws the order of an epoch."""
        self.epoch = epoch
        order = np.random.default_rng([self.seed, epoch])
        self.order = order.permutation(len(self.labels))

    def on_epoch_end(self):
        self.begin(self.epoch + 1)

    def __len__(self):
        return len(self.labels) // self.batch_size

    def __getitem__(self, number):
        rng = np.random.default_rng([self.seed, self.epoch, number])
        which = self.order[number * self.batch_size :][: self.batch_size]
        pixels = np.arange(self.side)
        rows, columns = rng.integers(0, 9, (2, len(which), 1)) + pixels
        mirrored = rng.random(len(which)) < 0.5
        columns[mirrored] = columns[mirrored, ::-1]
        images = self.images[
            which[:, None, None], rows[:, :, None], columns[:, None, :]
        ]
        return scaled(images), one_hot(self.labels[which])


def scaled(images):
    """Floats in [-1, 1] from 8-bit numbers."""
    return images.astype("float32") / 127.5 - 1


def one_hot(labels):
    """Float32 rows of ten."""
    return np.eye(10, dtype="float32")[labels]


def train_residual(model, images, labels, epochs, seed, folder):
    """Momentum, a rate that rises for a fifth of the epochs and falls to 0."""
    batches = Augmented(images, labels, seed)
    steps = epochs * len(batches)
    peak, first = 0.1, max(steps // 5, 1)
    schedule = keras.optimizers.schedules.CosineDecay(
        peak / 20, steps - first, warmup_target=peak, warmup_steps=first
    )
    model.compile(
        keras.optimizers.SGD(
            schedule, momentum=0.9, nesterov=True, weight_decay=5e-3
        ),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    )
    again = keras.callbacks.BackupAndRestore(folder)
    order = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: batches.begin(epoch)
    )
    model.fit(batches, epochs=epochs, verbose=2, callbacks=[again, order])


def train(model, images, labels, epochs):
    """Cross entropy, Adam whose rate falls like a cosine."""
    steps = epochs * len(images) // 128
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(
        keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy"
    )
    model.fit(images, labels, batch_size=128, epochs=epochs, verbose=2)


def accuracy(model, images, labels):
    """Share of the images that the model puts in their class."""
    probabilities = model.predict(images, batch_size=500, verbose=0)
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", choices=CREDITS, required=True)
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument(
        "--data", default="tfds", help="cifar10: a folder with train and test"
    )
    parser.add_argument("--epochs", type=int, help="instead of the default")
    parser.add_argument(
        "--dtype", default="float32", help="cifar10: of the training"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("saved_models")
    )
    options = parser.parse_args()
    keras.utils.set_random_seed(options.seed)
    folder = options.output / f"{options.dataset}_classifier"
    epochs = options.epochs or EPOCHS[options.dataset]
    if options.dataset == "mnist":
        parts = [mnist(s, options.data_dir) for s in ("train", "test")]
    elif options.dataset == "digits":
        parts = [digits(split) for split in ("train", "test")]
    else:
        both = cifar10_data.load(options.data, options.data_dir, folder)
        parts = [both["train"], both["test"]]
        parts[1] = (scaled(parts[1][0]), parts[1][1])
    before = time.process_time()
    keras.config.set_dtype_policy(options.dtype)
    model = build(options.dataset)
    keras.config.set_dtype_policy("float32")
    if options.dataset == "cifar10":
        train_residual(
            model, *parts[0], epochs, options.seed, folder / "training"
        )
    else:
        train(model, *parts[0], epochs)
    seconds = time.process_time() - before
    path = folder / "model.keras"
    shipped = build(options.dataset)  # never compiled: no optimizer's state
    shipped.set_weights(model.get_weights())
    share = accuracy(shipped, *parts[1])
    shipped.save(path)
    card = {
        "class": "keras.Model",
        "description": f"Classifier of {options.dataset}",
        "data": CREDITS[options.dataset],
        "command": "python benchmarks/classifiers.py "
        f"--dataset {options.dataset}",
        "seed": options.seed,
        "epochs": epochs,
        "accuracy": round(share, 4),
        "held_out_images": len(parts[1][0]),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    if options.dataset != "cifar10":
        card["description"] += (
            f': feature extractors "{options.dataset}" and '
            f'"{options.dataset}_softmax"'
        )
    path.with_suffix(".json").write_text(
        json.dumps(card, indent=2) + "\n", encoding="utf-8"
    )
    print(
        f"accuracy on {len(parts[1][0])} held-out images: {share:.2%}, "
        f"{seconds / 60:.1f} processor minutes since the start"
    )


if __name__ == "__main__":
    main()
