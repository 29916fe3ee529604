"""Makes a preset of a trained model: measures it, writes file, card, picture.

    python benchmarks/publish.py infogan_mnist_28 infogan.keras --data-dir DIR
    python benchmarks/publish.py progan_emoji_64 progan.keras --data DIR
        --weights FILE
    python benchmarks/publish.py --page

`RECIPES` says of each preset how it was trained and how it is measured, on
10,000 images with 95 % intervals. `--page` writes `saved_models/README.md`
from the cards and measures nothing. Beside each distance stands that between
two halves of the real set, of fewer images on either side.

`--data` is the folder of emoji that `translation.py` takes, `--weights` is
for `squeezenet.py`.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import tempfile

import classifiers
import control
import numpy as np
import squeezenet

import keras_gan_zoo as kgz
from keras_gan_zoo import presets

OUTPUT = pathlib.Path("saved_models")
MNIST = {
    "data": "MNIST (LeCun, Cortes & Burges)",
    "licence": "CC BY-SA 3.0",
    "extractor": "mnist",
}
DIGITS = {
    "data": "Optical Recognition of Handwritten Digits (Alpaydin & Kaynak, "
    "UCI), as in scikit-learn",
    "licence": "CC BY 4.0",
    "extractor": "digits",
}
NOTO = {
    "data": "Noto Emoji (Google), on white",
    "licence": "Apache 2.0",
    "extractor": "squeezenet",
    "metrics": ("fid", "kid", "prdc", "swd"),
}
METRICS = ("fid", "kid", "prdc", "is", "modes")
RECIPES = {
    "vanilla_gan_digits_8": {
        "description": "scikit-learn's digits, 8x8, by a multilayer "
        "perceptron with R1",
        **DIGITS,
        "command": "keras-gan-zoo train vanilla_gan --data digits --epochs "
        '100 --set "generator_units=[256,256]" --set dropout=0 --set '
        "input_dropout=0 --compile penalty=r1 --compile ema_decay=0.999 "
        "--out runs/digits",
        "seed": 0,
        "minutes": 2,
    },
    "conditional_gan_mnist_28": {
        "description": "MNIST, 28x28, the digit by its label, projection "
        "discriminator",
        **MNIST,
        "command": "python benchmarks/control.py --model conditional "
        "--dataset mnist --conditioning projection",
        "seed": 0,
        "minutes": 8,
        "metrics": (*METRICS, "accuracy"),
    },
    "infogan_mnist_28": {
        "description": "MNIST, 28x28, codes found without labels: "
        "categorical_0 is the digit, continuous_0 the width of the "
        "stroke, continuous_1 the slant",
        **MNIST,
        "command": "python benchmarks/control.py --model infogan --dataset "
        "mnist",
        "seed": 0,
        "minutes": 13,
    },
    "progan_emoji_64": {
        "description": "Noto emoji, 64x64, grown from 4x4",
        **NOTO,
        "command": "keras-gan-zoo train progan --data folder:noto "
        "--image-size 64x64 --batch-size 16 --epochs 239 --set latent_dim=64 "
        "--set fmap_base=1024 --set fmap_max=96 --set seed=0 --set "
        "dtype=mixed_bfloat16 --compile "
        '"phase_images=[20000,30000,40000,40000,50000]" --out runs/progan',
        "seed": 0,
        "minutes": 120,
    },
}


def real_images(recipe, options):
    """Images, and labels or None; held out where there are enough."""
    if recipe["extractor"] == "mnist":
        return classifiers.mnist("test", options.data_dir)
    if recipe["extractor"] == "digits":
        digits = kgz.data.digits(batch_size=1797, labels=True)
        return next(digits.as_numpy_iterator())
    emoji = kgz.data.image_folder(options.data / "noto", (64, 64), 32)
    every = emoji.unbatch().take(len(emoji) * 32).batch(10_000)
    return next(every.as_numpy_iterator()), None


def between_halves(images, extractor):
    """Fréchet distance of two random halves of the real set."""
    order = np.random.default_rng(0).permutation(len(images))
    metric = kgz.metrics.FrechetDistance(extractor)
    half = len(images) // 2
    for start in range(0, half, 500):
        stop = min(start + 500, half)
        metric.update_real(images[order[start:stop]])
        metric.update_fake(images[order[half + start : half + stop]])
    return metric.result()["frechet_distance"]


def machine():
    """The processor, without what changes from day to day."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    names = [x.split(":")[1].strip() for x in lines if x.startswith("model n")]
    return f"{os.cpu_count()} cores, {names[0]}, {platform.system()}"


def commit():
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.check_output(command, text=True).strip()


def publish(options):
    recipe = dict(RECIPES[options.name])
    images, labels = real_images(recipe, options)
    chosen = recipe.pop("metrics", METRICS)
    extractor = recipe.pop("extractor")
    if extractor == "squeezenet":
        extractor = squeezenet.features(options.weights)
    trained = kgz.load(options.file)
    path = OUTPUT / f"{options.name}.keras"
    with tempfile.TemporaryDirectory() as folder:
        # What ships is what is measured, rounded weights and all.
        rounded = pathlib.Path(folder) / "model.keras"
        presets.write(trained, rounded)
        gan = kgz.load(rounded, compile=False)
    evaluation = kgz.evaluate(
        gan,
        images if labels is None else (images, labels),
        chosen,
        extractor,
        num_images=10_000,
        verbose=1,
    )
    further = {
        "frechet_distance_between_real_halves": between_halves(
            images, extractor
        )
    }
    if isinstance(gan, kgz.InfoGAN):
        codes = gan.infer_codes(images)["categorical_0"]
        further["code_accuracy"] = float(control.matched(codes, labels))
    presets.write(
        trained,
        path,
        **recipe,
        machine=machine(),
        commit=commit(),
        evaluation=json.loads(evaluation.json()),
        **further,
    )
    picture = kgz.pictures.grid(gan.generate(100, seed=0), columns=10)
    kgz.pictures.save(path.with_suffix(".png"), picture)
    print(evaluation.table())
    print(further)


def page():
    """`saved_models/README.md`: what ships, with pictures and figures."""
    lines = [
        "# Pretrained models",
        "",
        "Written by `python benchmarks/publish.py --page` from the cards "
        "beside the files. Each value is of 10,000 generated images, with "
        "its 95 % interval.",
    ]
    for name, card in kgz.list_presets().items():
        lines += [
            "",
            f"## {name}",
            "",
            f"{card['class']}: {card['description']}.",
            "",
            f"![{name}]({name}.png)",
            "",
            f"Data: {card['data']}, {card['licence']}. Trained on "
            f"{card['machine']}, seed {card['seed']}, {card['steps']} steps:",
            "",
            f"    {card['command']}",
            "",
            "| metric | value | 95 % interval | extractor |",
            "|---|---|---|---|",
        ]
        for score in card["evaluation"]["scores"]:
            for metric, (low, high) in score["intervals"].items():
                value = score["values"][metric]
                lines.append(
                    f"| {metric} | {value:.4g} | {low:.4g} to {high:.4g} | "
                    f"{score['extractor']} |"
                )
        half = card["frechet_distance_between_real_halves"]
        lines += [
            "",
            f"Fréchet distance between two halves of the real images: "
            f"{half:.3g}.",
        ]
        if "code_accuracy" in card:
            lines.append(
                f"The categorical code agrees with the label of "
                f"{card['code_accuracy']:.1%} of the held-out images."
            )
    (OUTPUT / "README.md").write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", choices=RECIPES)
    parser.add_argument("file", nargs="?", help="the trained .keras file")
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--data", type=pathlib.Path, help="folder of emoji")
    parser.add_argument("--weights", help="of SqueezeNet")
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    if options.name:
        publish(options)
    if options.page:
        page()


if __name__ == "__main__":
    main()
