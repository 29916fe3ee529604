"""Trains the classifiers that ship with the package, for the metrics.

    python benchmarks/classifiers.py --dataset mnist --data-dir DIR
    python benchmarks/classifiers.py --dataset digits

Small CNNs. Writes `<dataset>_classifier/model.keras` and a card, a `.json` file
with the accuracy on held-out images, to `--output`. Of MNIST those are its
test set, of scikit-learn's digits a fifth, drawn at random.
"""

import argparse
import hashlib
import json
import pathlib

import keras
import numpy as np
from keras import layers

import keras_gan_zoo as kgz

CREDITS = {
    "mnist": "MNIST (LeCun, Cortes & Burges), CC BY-SA 3.0",
    "digits": "Optical Recognition of Handwritten Digits (Alpaydin & Kaynak, "
    "UCI), as in scikit-learn, CC BY 4.0",
}


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
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("saved_models")
    )
    options = parser.parse_args()
    keras.utils.set_random_seed(options.seed)
    if options.dataset == "mnist":
        parts = [mnist(s, options.data_dir) for s in ("train", "test")]
        epochs = 4
    else:
        parts = [digits(split) for split in ("train", "test")]
        epochs = 60
    model = build(options.dataset)
    train(model, *parts[0], epochs)
    share = accuracy(model, *parts[1])
    path = options.output / f"{options.dataset}_classifier" / "model.keras"
    shipped = build(options.dataset)  # never compiled: no optimizer's state
    shipped.set_weights(model.get_weights())
    shipped.save(path)
    card = {
        "class": "keras.Model",
        "description": f"Classifier of {options.dataset}: feature extractors "
        f'"{options.dataset}" and "{options.dataset}_softmax"',
        "data": CREDITS[options.dataset],
        "command": "python benchmarks/classifiers.py "
        f"--dataset {options.dataset}",
        "seed": options.seed,
        "accuracy": round(share, 4),
        "held_out_images": len(parts[1][0]),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    path.with_suffix(".json").write_text(
        json.dumps(card, indent=2) + "\n", encoding="utf-8"
    )
    print(f"accuracy on {len(parts[1][0])} held-out images: {share:.2%}")


if __name__ == "__main__":
    main()
