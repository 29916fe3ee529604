"""Runs a `keras-gan-zoo train` command where there is no TensorFlow.

    python benchmarks/replay.py record mnist.npz "COMMAND" --data-dir DIR
    KERAS_BACKEND=jax python benchmarks/replay.py train mnist.npz "COMMAND" \
        --out runs/dcgan

Data come through TensorFlow, which a machine with a GPU and JAX may lack.
`record`, here, writes down the images and which of them, cut and mirrored how,
the command's own pipeline puts into which batch; `train`, there, makes those
batches again, bit for bit, which `record` has checked. Commands may differ in
all but data, batch size, image size and seed, and take fewer epochs than were
recorded. `train` leaves a preset, `model.keras` and `model.json`, of which
`publish.py` makes one that ships. With `--until` it stops in time and leaves
what it has. The other random numbers are JAX's.

`--data` names the data instead of the command's, as for `train RECIPE`.
"""

import argparse
import json
import pathlib
import time

import keras
import numpy as np

import keras_gan_zoo as kgz
from keras_gan_zoo.files import presets, registry
from keras_gan_zoo.recipes import build, words

#: What a recording and a command must agree on.
SAME = ("data", "batch_size", "image_size", "seed")


def parsed(command):
    """The recipe of a command, and the class that it trains."""
    recipe = words.read(command)
    return recipe, registry.architecture(recipe.architecture).load()


# ---------------------------------------------------------------- recording


def examples(options):
    """The images of a command's batches, uint8 arrays, and labels.

    A list of one array, or two for domains; of pairs the channels of both lie
    side by side. Larger than the batches by the jitter where there is one.
    """
    from keras_gan_zoo.data import catalogue, folder, pairs
    from keras_gan_zoo.modalities.pictures import read

    kind, _, name = options.data.partition(":")
    size = options.image_size
    if kind == "tfds":
        source, _, _ = catalogue.examples(
            name, "train", size, options.data_dir, labels=True
        )
        images, labels = zip(*source.batch(1024).as_numpy_iterator())
        return [np.concatenate(images)], np.concatenate(labels)
    if kind == "folder":
        files = folder.find(name)
        return [np.stack([read(file, size) for file in files])], None
    larger = tuple(round(side * pairs.JITTER) for side in size)
    if kind == "pairs":
        examples = [
            pairs._read_pair(file, larger, (3, 3), reverse=False)
            for file in folder.find(name)
        ]
        return [np.stack(examples)], None
    domains = [
        np.stack([read(file, larger) for file in folder.find(path)])
        for path in name.split(",")
    ]
    return domains, None


def coordinates(images):
    """Images whose only channel is the number of each pixel in `images`."""
    num = int(np.prod(images.shape[:3]))
    if num >= 2**24:
        raise ValueError(
            f"Expected fewer than 2**24 pixels, which float32 can number. "
            f"Received: {num}."
        )
    return np.arange(num, dtype="float32").reshape(*images.shape[:3], 1)


def numbered(options, arrays):
    """The command's pipeline over coordinates instead of images."""
    kind = options.data.partition(":")[0]
    given = {"batch_size": options.batch_size, "seed": options.seed}
    if kind in ("tfds", "folder"):
        whole = arrays[0].shape[1] * arrays[0].shape[2]
        first = np.arange(len(arrays[0]), dtype="float32") * whole
        return kgz.data.arrays(first.reshape(-1, 1, 1, 1), **given)
    numbers = [coordinates(images) for images in arrays]
    given |= {
        "jitter": arrays[0].shape[1] / options.image_size[0],
        "flip": True,
    }
    if kind == "pairs":
        return kgz.data.paired_arrays(numbers[0], numbers[0], **given)
    return kgz.data.unpaired_arrays(*numbers, **given)


def record(arguments):
    command, _ = parsed(arguments.command)
    recorded = {name: getattr(command, name) for name in SAME}
    options = command.changed(data=arguments.data, data_dir=arguments.data_dir)
    arrays, labels = examples(options)
    batches = numbered(options, arrays)
    halves = len(arrays)
    corners = [[] for _ in range(halves)]
    mirrored = [[] for _ in range(halves)]
    for _ in range(options.epochs):
        for batch in batches.as_numpy_iterator():
            parts = batch if isinstance(batch, tuple) else (batch,)
            for half, part in enumerate(parts[:halves]):
                left, right = part[:, 0, 0, 0], part[:, 0, -1, 0]
                corners[half].append(np.minimum(left, right).astype("int32"))
                mirrored[half].append(left > right)
    content = {"steps": len(batches), "settings": json.dumps(recorded)}
    for half in range(halves):
        content[f"images_{half}"] = arrays[half]
        content[f"corners_{half}"] = np.stack(corners[half])
        content[f"mirrored_{half}"] = np.stack(mirrored[half])
    if labels is not None:
        content["labels"] = labels.astype("int32")
    np.savez_compressed(arguments.recording, **content)
    _check(arguments, options)


def _check(arguments, options):
    """Compares the batches of a recording with the command's own."""
    replay = Replay(arguments.recording, arguments.command)
    batches = build.dataset(options)
    for _ in range(min(2, options.epochs)):
        for number, batch in enumerate(batches.as_numpy_iterator()):
            keras.tree.map_structure(
                np.testing.assert_array_equal, batch, replay[number]
            )
        replay.on_epoch_end()
    size = pathlib.Path(arguments.recording).stat().st_size
    print(f"{arguments.recording}: the same batches, {size / 2**20:.1f} MiB")


# ---------------------------------------------------------------- replaying


class Replay(keras.utils.PyDataset):
    """The batches of a recorded pipeline, pass after pass.

    Args:
        recording: path of the file that `record` wrote.
        command: the command that is to be trained.
    """

    def __init__(self, recording, command):
        super().__init__(workers=2, max_queue_size=20)
        options, cls = parsed(command)
        with np.load(recording) as file:
            content = dict(file)
        settings = json.loads(str(content["settings"]))
        wanted = {name: getattr(options, name) for name in SAME}
        if json.dumps(settings) != json.dumps(wanted):
            raise ValueError(
                f"Expected a recording of {wanted}. Received: {settings}."
            )
        self.steps = int(content["steps"])
        self.recorded = len(content["corners_0"])
        if self.recorded < options.epochs * self.steps:
            raise ValueError(
                f"Expected {options.epochs} recorded epochs. Received: "
                f"{self.recorded // self.steps}."
            )
        self.kinds = [modality.kind for modality in cls.reads.values()]
        self.aligned = cls.aligned
        self.size = options.image_size
        self.content = content
        self.epoch = 0

    def __len__(self):
        return self.steps

    def __getitem__(self, number):
        # After the last epoch Keras fetches the first batches of another one.
        place = (self.epoch * self.steps + number) % self.recorded
        if not self.aligned:
            return self._images(0, place), self._images(1, place)
        images = self._images(0, place)
        if self.kinds == ["image", "image"]:
            return images[..., :3], images[..., 3:]
        if "label" in self.kinds:
            shape = self.content["images_0"].shape
            which = self.content["corners_0"][place] // (shape[1] * shape[2])
            return images, self.content["labels"][which]
        return images

    def _images(self, half, place):
        images = self.content[f"images_{half}"]
        size = self.size or images.shape[1:3]
        corner = self.content[f"corners_{half}"][place]
        which, top, left = np.unravel_index(corner, images.shape[:3])
        rows = top[:, None] + np.arange(size[0])
        columns = left[:, None] + np.arange(size[1])
        mirrored = self.content[f"mirrored_{half}"][place]
        columns[mirrored] = columns[mirrored, ::-1]
        batch = images[
            which[:, None, None], rows[:, :, None], columns[:, None, :]
        ]
        # What order.scaled does, which needs TensorFlow.
        return batch.astype("float32") / np.float32(127.5) - np.float32(1)

    def on_epoch_end(self):
        self.epoch += 1

    @property
    def element_spec(self):
        return keras.tree.map_structure(
            lambda x: keras.KerasTensor(x.shape, x.dtype), self[0]
        )


class Keep(keras.callbacks.Callback):
    """Writes the model as a preset, at the end and a few times before.

    Args:
        path: path of the `.keras` file; the card goes next to it.
        machine: str, for the card.
        until: float, time at which the training stops, in seconds as
            `time.time()` counts them; None: never.
        times: int, how often.
    """

    def __init__(self, path, machine, until=None, times=4):
        super().__init__()
        self.until = float("inf") if until is None else until
        self.path = path
        self.machine = machine
        self.times = times

    def on_train_begin(self, logs=None):
        self.start = time.time()

    def on_train_batch_end(self, batch, logs=None):
        if time.time() >= self.until:
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        epochs = self.params["epochs"]
        part = (epoch + 1) * self.times // epochs
        if self.model.stop_training or part > epoch * self.times // epochs:
            minutes = round((time.time() - self.start) / 60, 1)
            presets.write(
                self.model, self.path, minutes=minutes, machine=self.machine
            )


def train(arguments):
    recipe, _ = parsed(arguments.command)
    batches = Replay(arguments.recording, arguments.command)
    keras.utils.set_random_seed(recipe.seed)
    gan = build.model(recipe, batches)
    arguments.out.mkdir(parents=True, exist_ok=True)
    keep = Keep(
        arguments.out / "model.keras", arguments.machine, arguments.until
    )
    gan.fit(batches, epochs=recipe.epochs, verbose=2, callbacks=[keep])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["record", "train"])
    parser.add_argument("recording", help="the .npz file")
    parser.add_argument("command", help="keras-gan-zoo train ...")
    parser.add_argument("--data", help="where the data are, for record")
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--out", type=pathlib.Path, help="folder, for train")
    parser.add_argument(
        "--until",
        type=float,
        help="of train: stop at this time, as `date +%%s` counts, and keep the "
        "model",
    )
    parser.add_argument("--machine", help="what to call it on the card")
    arguments = parser.parse_args()
    {"record": record, "train": train}[arguments.task](arguments)


if __name__ == "__main__":
    main()
