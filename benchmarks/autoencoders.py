"""VAE/GAN and a VAE of the same networks, on held-out emoji.

    python benchmarks/autoencoders.py EMOJI RUNS --epochs 200

Trains `VAEGAN` and, with `compile(reconstruction="pixels", gamma=1.0)`, the
variational autoencoder of its networks, with equal steps, on nine of ten
pictures of a folder, mirrored at random. Prints what their reconstructions of
the other pictures are like, with 95 % intervals over pictures and for the
difference: the PSNR; half the squared distance of the features of VAE/GAN's
discriminator, per feature; the perceptual distance, whose features saw neither
model; and the variance of the Laplacian relative to the true one, which says
how sharp they are. Writes the table to `RUNS/table.md`. In
`RUNS/reconstructions.png` the columns are the rows of the table, and the truth.
`RUNS/samples.png` has samples of VAE/GAN.

A killed script continues with the same command.
"""

import argparse
import pathlib
import time

import held_out
import keras
import numpy as np

import keras_gan_zoo as kgz

HELD_OUT = 10  # one of so many pictures
SHOWN = 8
SETTINGS = {
    "VAE": {"reconstruction": "pixels", "gamma": 1.0},
    "VAE/GAN": {},
}


def split(folder, side):
    """Returns uint8 pictures to train on, and held-out ones in [-1, 1]."""
    files = sorted(folder.glob("*.png"))
    np.random.default_rng(0).shuffle(files)
    images = np.stack([kgz.pictures.read(file, (side, side)) for file in files])
    held = np.arange(len(files)) % HELD_OUT == 0
    return images[~held], images[held] / np.float32(127.5) - 1


def trained(name, images, options):
    """Trains for the epochs of the options, or loads what was trained."""
    file = name.lower().replace("/", "_")
    path = options.runs / f"{file}.keras"
    if path.exists():
        return kgz.load(path)
    keras.utils.set_random_seed(options.seed)
    gan = kgz.VAEGAN(
        images.shape[1:],
        latent_dim=options.latent_dim,
        filters=options.filters,
        seed=options.seed,
        dtype=options.dtype,
    )
    settings = dict(SETTINGS[name])
    if name == "VAE/GAN":
        settings["gamma"] = options.gamma
    gan.compile(ema_decay=options.ema, **settings)
    batches = kgz.data.arrays(
        images, batch_size=options.batch_size, seed=options.seed, flip=True
    )
    backup = kgz.callbacks.Backup(options.runs / f"{file}_backup")
    start = time.time()
    gan.fit(batches, epochs=options.epochs, verbose=2, callbacks=[backup])
    seconds = time.time() - start
    print(f"{name}: {int(gan.steps)} steps, {seconds:.0f} s in this run")
    gan.save(path)
    return gan


def measured(made, images, discriminator):
    """Returns the figures of each picture, a dict of arrays `(num,)`."""

    def features(pictures):
        _, found = discriminator.predict(pictures, batch_size=64, verbose=0)
        return found.reshape(len(found), -1)

    errors = np.square(made - images).mean((1, 2, 3))
    distances = 0.5 * np.square(features(made) - features(images)).mean(1)
    return {
        "PSNR, dB": 10 * np.log10(4 / errors),
        "feature distance": distances,
        "perceptual distance x 1000": 1000
        * kgz.metrics.PerceptualDistance().compare(made, images),
        "log10 of relative Laplacian variance": held_out.relative_sharpness(
            made, images, np.ones_like(images[..., :1])
        ),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("emoji", type=pathlib.Path, help="folder of pictures")
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--filters", type=int, default=32)
    parser.add_argument("--latent-dim", type=int, default=128)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--gamma", type=float, default=1e-6)
    parser.add_argument("--ema", type=float, default=0.999)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    train, images = split(options.emoji, options.side)
    print(f"{len(train)} pictures, {len(images)} held out")
    gans = {name: trained(name, train, options) for name in SETTINGS}
    made = {name: gan.reconstruct(images) for name, gan in gans.items()}
    network = gans["VAE/GAN"].discriminator
    text = held_out.table(
        {name: measured(each, images, network) for name, each in made.items()},
        *SETTINGS,
    )
    print(text)
    (options.runs / "table.md").write_text(text + "\n", encoding="utf-8")
    columns = [*made.values(), images]
    rows = np.stack([each[:SHOWN] for each in columns], axis=1)
    rows = rows.reshape(-1, *rows.shape[2:])
    picture = kgz.pictures.grid(rows, columns=len(columns), gap=2)
    kgz.pictures.save(
        options.runs / "reconstructions.png", picture, min_side=900
    )
    samples = gans["VAE/GAN"].generate(64, seed=0)
    kgz.pictures.save(
        options.runs / "samples.png", kgz.pictures.grid(samples), min_side=900
    )


if __name__ == "__main__":
    main()
