"""What growing is good for: digits, emoji and speed.

    python benchmarks/progan.py digits
    python benchmarks/progan.py emoji --data FOLDER
    python benchmarks/progan.py speed

digits: the embedded digits at 16x16, ProGAN, then DCGAN for the same minutes.
    Prints the Fréchet distance in pixels (values in [-1, 1]) of 1,797 images,
    the same of two halves of the real ones, and of the classes that a support
    vector machine sees the smallest share and how many have 1 % at least.
emoji: a folder of pictures, at 64x64. Resumable: start it again. At the end
    of each stage, the sliced Wasserstein distance of each level between real
    images and generated ones, enlarged to the final size, goes to `swd.jsonl`
    and a grid to `stage-<resolution>.png`.
speed: images per second of the training step at each resolution, against the
    final networks from the start, and what a whole schedule takes at these
    rates, compiling aside.
"""

import argparse
import json
import pathlib
import time

import keras
import numpy as np
from digits import frechet_distance
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

import keras_gan_zoo as kgz


class StopAfter(keras.callbacks.Callback):
    """Ends a training with the epoch in which its time is over."""

    def __init__(self, minutes):
        super().__init__()
        self.minutes = minutes

    def on_train_begin(self, logs=None):
        self.began = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() - self.began >= 60 * self.minutes:
            self.model.stop_training = True


def progan(arguments, image_shape):
    """The model that the arguments describe, compiled."""
    keras.utils.set_random_seed(arguments.seed)
    phases = arguments.phase_images
    gan = kgz.ProGAN(
        image_shape,
        latent_dim=arguments.latent_dim,
        fmap_base=arguments.fmap_base,
        fmap_max=arguments.fmap_max,
        seed=arguments.seed,
        dtype=arguments.dtype,
    )
    gan.compile(
        loss=arguments.loss,
        penalty=arguments.penalty,
        phase_images=phases[0] if len(phases) == 1 else phases,
        ema_decay=arguments.ema_decay,
        updates="simultaneous",  # the published numbers were measured so
    )
    return gan


# ------------------------------------------------------------------- digits


def digits(arguments):
    size = (16, 16)
    batches = kgz.data.digits(arguments.batch_size, size, seed=arguments.seed)
    everything = kgz.data.digits(1797, size, labels=True)
    real, labels = next(everything.as_numpy_iterator())
    judge = SVC(C=10)
    flat = real.reshape(len(real), -1)
    accuracy = cross_val_score(judge, flat, labels, cv=5).mean()
    judge.fit(flat, labels)
    halves = frechet_distance(real[:898], real[898:])
    print(f"The judge knows {accuracy:.1%} of real digits (5 folds).")
    print(f"Fréchet distance of two halves of the real ones: {halves:.2f}")

    gan = progan(arguments, (*size, 1))
    epochs = -(-gan.growth.total // (arguments.batch_size * len(batches)))
    began = time.monotonic()
    gan.fit(batches, epochs=arguments.epochs or epochs, verbose=2)
    minutes = (time.monotonic() - began) / 60
    keras.utils.set_random_seed(arguments.seed)
    other = kgz.DCGAN((*size, 1), filters=32, seed=arguments.seed)
    other.compile(ema_decay=0.99, updates="simultaneous")
    other.fit(
        batches, epochs=100_000, verbose=0, callbacks=[StopAfter(minutes)]
    )
    print("| model | minutes | Fréchet | smallest class | classes |")
    print("|---|---|---|---|---|")
    for model in (gan, other):
        fake = model.generate(len(real), seed=arguments.seed)
        name = type(model).__name__.lower()
        model.save(arguments.output / f"{name}.keras")
        grid = kgz.pictures.grid(fake[:100])
        kgz.pictures.save(arguments.output / f"{name}.png", grid)
        found = judge.predict(fake.reshape(len(fake), -1))
        shares = np.bincount(found, minlength=10) / len(fake)
        print(
            f"| {type(model).__name__} | {minutes:.1f} "
            f"| {frechet_distance(real, fake):.2f} | {shares.min():.1%} "
            f"| {(shares >= 0.01).sum()} |"
        )


# -------------------------------------------------------------------- emoji


class StageScores(keras.callbacks.Callback):
    """Scores the model in the last epoch that ends within a stage."""

    def __init__(self, batches, batch_size, output, num_images):
        super().__init__()
        self.images = batch_size * len(batches)  # of an epoch
        self.output = output
        self.num_images = num_images
        self.metric = kgz.metrics.SlicedWassersteinDistance()
        real = batches.unbatch().take(num_images).batch(256)
        for batch in real.as_numpy_iterator():
            self.metric.update_real(batch)
        batches.position.epoch = 0  # looking is not reading

    def on_epoch_end(self, epoch, logs=None):
        seen = int(self.model.images_seen)
        left = self.model.growth.images_left(seen)
        if left is not None and left < self.images:
            self.score(seen)

    def on_train_end(self, logs=None):
        self.score(int(self.model.images_seen))

    def score(self, seen):
        gan = self.model
        fake = gan.generate(self.num_images, seed=0)
        grid = kgz.pictures.grid(fake[:64])
        path = self.output / f"stage-{gan.resolution:03d}.png"
        kgz.pictures.save(path, grid, min_side=640)
        self.metric.reset_state(keep_real=True)
        fake = kgz.pictures.upscaled(fake, gan.image_shape[:2])
        self.metric.update_fake(fake)
        scores = {
            k: round(float(v), 2) for k, v in self.metric.result().items()
        }
        row = {"images": seen, "resolution": gan.resolution, **scores}
        print(row, flush=True)
        with open(self.output / "swd.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def emoji(arguments):
    size = (arguments.size, arguments.size)
    batches = kgz.data.image_folder(
        arguments.data, size, arguments.batch_size, seed=arguments.seed
    )
    gan = progan(arguments, (*size, 3))
    epochs = -(-gan.growth.total // (arguments.batch_size * len(batches)))
    scores = StageScores(
        batches, arguments.batch_size, arguments.output, arguments.num_images
    )
    samples = arguments.output / "samples"
    gan.fit(
        batches,
        epochs=arguments.epochs or epochs,
        verbose=2,
        callbacks=[
            kgz.callbacks.SampleGrid(samples, every_epochs=5),
            scores,
            StopAfter(arguments.minutes),
            kgz.callbacks.StopOnNaN(),
            kgz.callbacks.Backup(arguments.output),
        ],
    )
    gan.save(arguments.output / "progan.keras")


# -------------------------------------------------------------------- speed


def rate(gan, images, batch_size):
    """Images per second of training, after a first step that compiles."""
    gan.fit(images[:batch_size], batch_size=batch_size, verbose=0)
    began = time.monotonic()
    gan.fit(images, batch_size=batch_size, verbose=0)
    return len(images) / (time.monotonic() - began)


def speed(arguments):
    gan = progan(arguments, (arguments.size, arguments.size, 3))
    growth, rates = gan.growth, []
    num = arguments.steps * arguments.batch_size
    shape = (num, arguments.size, arguments.size, 3)
    images = np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")
    print("| resolution | images/s | against the last |\n|---|---|---|")
    for stage in range(gan.num_stages):
        gan.images_seen.assign(growth.starts[stage])
        rates.append(rate(gan, images, arguments.batch_size))
    for stage, found in enumerate(rates):
        side = 4 * 2**stage
        print(f"| {side}x{side} | {found:.0f} | {found / rates[-1]:.1f} |")
    ends = [*growth.starts[1:], growth.total]
    hours = [
        (end - start) / found / 3600
        for start, end, found in zip(growth.starts, ends, rates)
    ]
    from_the_start = growth.total / rates[-1] / 3600
    print(
        f"{growth.total:,} images: {sum(hours):.2f} h grown, "
        f"{from_the_start:.2f} h at full size from the start, "
        f"{from_the_start / sum(hours):.1f} times faster"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["digits", "emoji", "speed"])
    parser.add_argument("--data", help="folder of pictures")
    parser.add_argument("--size", type=int, default=64, help="final side")
    parser.add_argument("--latent-dim", type=int, default=64)
    parser.add_argument("--fmap-base", type=int, default=1024)
    parser.add_argument("--fmap-max", type=int, default=64)
    parser.add_argument(
        "--phase-images",
        type=int,
        nargs="+",
        default=[30_000],
        help="of every resolution, or of each from 4x4 on",
    )
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--loss", default="wasserstein")
    parser.add_argument("--penalty", default="wgan_gp")
    parser.add_argument("--ema-decay", type=float, default=0.999)
    parser.add_argument("--dtype", help="e.g. mixed_bfloat16")
    parser.add_argument("--epochs", type=int, help="else the whole schedule")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--num-images", type=int, default=2048)
    parser.add_argument("--steps", type=int, default=20, help="that are timed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("progan")
    )
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    {"digits": digits, "emoji": emoji, "speed": speed}[arguments.task](
        arguments
    )


if __name__ == "__main__":
    main()
