"""How well presets fill holes of pictures, against filling with the mean.

    python benchmarks/semantic_inpainting.py dcgan_mnist_28 --data-dir PATH
    python benchmarks/semantic_inpainting.py dcgan_emoji_64 --folder PATH

The hole is the middle of the picture, half as high and half as wide. The table
has the mean absolute difference within the hole on the scale of [-1, 1], with
intervals of 95 % from the spread over pictures, for: the mean of the known
pixels of the picture, the mean of all pictures, `control.inpaint` without and
with the weights of the pixels, and with weights but without blending. The last
lines compare picture by picture. MNIST's pictures are those of the test set.
The emoji preset was trained on all of Noto, so those of another font were not
in its training.

`--out` writes the first pictures in rows: original, hole, mean, inpainted.
"""

import argparse
import pathlib

import classifiers
import numpy as np

import keras_gan_zoo as kgz

SHOWN = 8
#: Pictures for the mean picture.
OTHERS = 200


def pictures_of(arguments, gan):
    """The pictures to fill, and the mean picture of others."""
    num, size = arguments.num, gan.image_shape[:2]
    if arguments.folder is None:
        images, _ = classifiers.mnist("test", arguments.data_dir)
        others = images[5000:]
    else:
        files = sorted(pathlib.Path(arguments.folder).rglob("*.png"))
        # Neighbors in a folder are alike.
        places = np.linspace(0, len(files) - 1, num + OTHERS).astype(int)
        pixels = [kgz.pictures.read(files[place], size) for place in places]
        images = np.stack(pixels).astype("float32") / 127.5 - 1
        chosen = np.linspace(0, len(images) - 1, num).astype(int)
        images, others = images[chosen], np.delete(images, chosen, axis=0)
    return images[:num], others.mean(axis=0)


def interval(errors):
    """The mean and half the width of its interval, as text."""
    half = 1.96 * errors.std(ddof=1) / len(errors) ** 0.5
    return f"{errors.mean():.3f} +- {half:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("--data-dir", help="folder of TFDS data sets")
    parser.add_argument("--folder", help="pictures instead of MNIST")
    parser.add_argument("--num", type=int, default=64)
    parser.add_argument("--starts", type=int, default=6)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument(
        "--unblended", action="store_true", help="measure the blending, too"
    )
    parser.add_argument("--out", help="picture to write")
    arguments = parser.parse_args()
    gan = kgz.from_preset(arguments.preset)
    images, mean_picture = pictures_of(arguments, gan)
    height, width = images.shape[1:3]
    mask = np.zeros((height, width))
    rows = slice(height // 4, height - height // 4)
    columns = slice(width // 4, width - width // 4)
    mask[rows, columns] = 1
    means = images[:, mask == 0].mean(axis=1)
    filled = {
        "mean of known pixels": np.where(
            mask[..., None] > 0, means[:, None, None], images
        ),
        "mean picture": np.where(mask[..., None] > 0, mean_picture, images),
    }
    ways = {"inpaint, no weights": {"weighted": False}, "inpaint": {}}
    if arguments.unblended:
        ways["inpaint, not blended"] = {"blended": False}
    for name, options in ways.items():
        filled[name] = kgz.control.inpaint(
            gan,
            images,
            mask,
            starts=arguments.starts,
            steps=arguments.steps,
            verbose=0,
            **options,
        )
    errors = {
        name: np.abs(result - images)[:, mask > 0].mean(axis=(1, 2))
        for name, result in filled.items()
    }
    best = min(
        errors["mean of known pixels"].mean(), errors["mean picture"].mean()
    )
    print(f"{arguments.preset}, {len(images)} pictures")
    print("| filling | L1 in the hole | below the better mean |")
    print("|---|---|---|")
    for name, each in errors.items():
        print(f"| {name} | {interval(each)} | {1 - each.mean() / best:.0%} |")
    gain = errors["inpaint, no weights"] - errors["inpaint"]
    print(f"The weights gain {interval(gain)}.")
    if arguments.unblended:
        gain = errors["inpaint, not blended"] - errors["inpaint"]
        print(f"The blending gains {interval(gain)}.")
    if arguments.out is not None:
        hole = np.where(mask[..., None] > 0, 1, images)
        parts = [
            images,
            hole,
            filled["mean of known pixels"],
            filled["inpaint"],
        ]
        grid = np.stack([part[:SHOWN] for part in parts])
        kgz.pictures.save(arguments.out, kgz.control.picture(grid))


if __name__ == "__main__":
    main()
