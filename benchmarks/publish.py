"""Makes a preset of a trained model: measures it, writes file, card, picture.

    python benchmarks/publish.py infogan_mnist_28 infogan.keras --data-dir DIR
    python benchmarks/publish.py progan_emoji_64 progan.keras --data DIR
        --weights FILE
    python benchmarks/publish.py sngan_cifar10_32 sngan.keras --data FOLDER
        --classifier RUNS/cifar10_classifier/model.keras
    python benchmarks/publish.py srgan_photos_x4 srgan.keras --data PHOTOS
    python benchmarks/publish.py --page

`saved_models/<name>/recipe.json` says how a preset was trained and how it is
measured, on 10,000 images, all test pairs or held-out pictures. What
`replay.py train` left may be given as it is: its card knows the training.
`--page` writes `saved_models/README.md` from the cards and measures nothing.
Next to each distance stands the one between two halves of the real set, of
fewer images on either side.

`--data` is the folder of emoji that `translation.py` takes, the one of CIFAR-10
that `cifar10.py` takes, or for pictures that are restored the one with the
folders that the recipe names. `--weights` is for `squeezenet.py`,
`--classifier` is what `classifiers.py --dataset cifar10` made. `--cache` keeps
what the real images give, for further presets of the same set.
"""

import argparse
import functools
import hashlib
import json
import os
import pathlib
import platform
import subprocess
import tempfile

import cifar10_data
import classifiers
import control
import equal_minutes
import keras
import numpy as np
import squeezenet
import translation_scores

import keras_gan_zoo as kgz
from keras_gan_zoo.files import cards, presets

OUTPUT = pathlib.Path("saved_models")
METRICS = ("fid", "kid", "prdc", "is", "modes")


def real_images(recipe, options):
    """Images, and labels or None; held out where there are enough."""
    if recipe["extractor"] == "mnist":
        return classifiers.mnist("test", options.data_dir)
    if recipe["extractor"] == "digits":
        digits = kgz.data.digits(batch_size=1797, labels=True)
        return next(digits.as_numpy_iterator())
    if recipe["extractor"] == "efficientnet":
        return cifar10_data.mixed(*cifar10_data.load(options.data)["test"])
    emoji = kgz.data.image_folder(options.data / "noto", (64, 64), 1)
    return np.concatenate(list(emoji.as_numpy_iterator())), None


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


def _digest(images):
    return hashlib.sha256(np.ascontiguousarray(images)).hexdigest()


def machine():
    """The processor, without what changes from day to day."""
    lines = (
        pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    )
    names = [x.split(":")[1].strip() for x in lines if x.startswith("model n")]
    return f"{os.cpu_count()} cores, {names[0]}, {platform.system()}"


def commit():
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.check_output(command, text=True).strip()


def publish(options):
    folder = OUTPUT / options.name
    recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    chosen = recipe.pop("metrics", METRICS)
    trained, known = read(pathlib.Path(options.file))
    path = folder / "model.keras"
    with tempfile.TemporaryDirectory() as scratch:
        # What ships is what is measured, rounded weights and all.
        rounded = pathlib.Path(scratch) / "model.keras"
        presets.write(trained, rounded)
        gan = kgz.load(rounded, compile=False)
    if gan.verb == "translate":
        found, picture = measured_translations(gan, recipe, options)
    elif gan.verb == "restore":
        found, picture = measured_restorations(gan, recipe, chosen, options)
    else:
        found, picture = measured_images(gan, recipe, chosen, options)
    recipe.pop("extractor")
    card = {"machine": machine(), **recipe, **known, "commit": commit()}
    presets.write(trained, path, **card, **found)
    kgz.pictures.save(path.with_name("sample.png"), picture)
    print(translation_scores.table(found["evaluation"]["scores"]))


def read(path):
    """A trained model, and what the card next to the file adds."""
    trained, card = kgz.load(path), path.with_name("card.json")
    if not card.exists():
        return trained, {}
    keys = ("config", "compile", "minutes", "machine")
    return trained, {key: cards.read_card(card)[key] for key in keys}


def measured_images(gan, recipe, chosen, options):
    """The scores of 10,000 images, for the card, and the picture."""
    images, labels = real_images(recipe, options)
    extractor = recipe["extractor"]
    if extractor == "squeezenet":
        extractor = squeezenet.features(options.weights)
    if options.classifier:
        classifier = keras.saving.load_model(options.classifier, compile=False)
        judge = kgz.metrics.ClassAccuracy(classifier, gan.num_classes)
        chosen = [judge if name == "accuracy" else name for name in chosen]
    evaluation = kgz.evaluate(
        gan,
        images if labels is None else (images, labels),
        chosen,
        extractor,
        num_images=10_000,
        verbose=1,
        cache=options.cache,
    )
    halves = functools.partial(between_halves, images, extractor)
    if options.cache is not None:
        path = options.cache / "halves.json"
        key = {"extractor": recipe["extractor"], "images": _digest(images)}
        halves = functools.partial(equal_minutes.kept, path, key, halves)
    found = {
        "evaluation": json.loads(evaluation.json()),
        "frechet_distance_between_real_halves": halves(),
    }
    if isinstance(gan, kgz.InfoGAN):
        codes = gan.infer_codes(images)["categorical_0"]
        found["code_accuracy"] = float(control.matched(codes, labels))
    picture = kgz.pictures.grid(gan.generate(100, seed=0), columns=10)
    return found, picture


def measured_translations(gan, recipe, options):
    """The scores of the test pairs, for the card, and the picture."""
    pairs = translation_scores.test_pairs(options.data / recipe.pop("pairs"))
    measure = (
        translation_scores.pix2pix
        if gan.aligned
        else translation_scores.cyclegan
    )
    scores = measure(gan, *pairs, squeezenet.features(options.weights))
    evaluation = {
        "model": type(gan).__name__,
        "steps": int(gan.steps),
        "seed": 0,
        "scores": scores,
    }
    shown = [images[:12] for images in pairs]
    picture = kgz.callbacks.translation_picture(gan, *shown)
    return {"evaluation": evaluation}, picture


def measured_restorations(gan, recipe, chosen, options):
    """The scores of held-out pictures, for the card, and the picture."""
    held_out = recipe.pop("held_out")
    shown = recipe.pop("shown", held_out)  # free of conditions
    side = gan.image_shape[:2]
    whole = tuple(recipe.pop("image_size", side))

    def pictures(folder, size):
        return kgz.data.read_source(
            f"folder:{options.data / folder}",
            type(gan),
            batch_size=1,
            image_size=size,
            arguments=gan.get_config(),
            seed=0,
        )

    evaluation = kgz.evaluate(gan, pictures(held_out, whole), chosen)
    few = pictures(shown, side).unbatch().batch(12)
    few = next(few.as_numpy_iterator())
    few = few if isinstance(few, tuple) else (few,)
    picture = kgz.callbacks.translation_picture(gan, *few)
    return {"evaluation": json.loads(evaluation.json())}, picture


#: What a card may say beyond the scores, and how the page puts it.
SENTENCES = {
    "frechet_distance_between_real_halves": "Fréchet distance between two "
    "halves of the real images: {:.3g}.",
    "code_accuracy": "The categorical code agrees with the label of {:.1%} of "
    "the held-out images.",
}


def page():
    """`saved_models/README.md`: what ships, with pictures and figures."""
    lines = [
        "# Pretrained models",
        "",
        "`python benchmarks/publish.py --page` writes this page from the "
        "cards of the models. Each value was measured on 10,000 generated "
        "images, or on the translations of all test images. Values have a "
        "95 % interval if a test shows that such intervals cover the true "
        "value (see docs/evaluation.md). Distances in the features of "
        "different extractors cannot be compared.",
        "",
        "`keras-gan-zoo train NAME --out DIR` trains a model again. If its "
        "data do not ship with the package, `--data` says where your copy "
        "is. With `--exact` it refuses to start unless the result has "
        "exactly the configuration on the card.",
    ]
    for name, card in kgz.list_presets().items():
        lines += [
            "",
            f"## {name}",
            "",
            f"{card['class']}: {card['description']}.",
            "",
            f"![{name}]({name}/sample.png)",
            "",
            f"Data: {card['data']}, {card['licence']}. Trained on "
            f"{card['machine']}, seed {card['seed']}, {card['steps']} steps, "
            f"{card['minutes']} minutes:",
            "",
            f"    {card['command']}",
            "",
            translation_scores.table(card["evaluation"]["scores"]),
        ]
        for key, sentence in SENTENCES.items():
            if key in card:
                lines += ["", sentence.format(card[key])]
    (OUTPUT / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "name", nargs="?", help="of a folder with a recipe.json"
    )
    parser.add_argument("file", nargs="?", help="the trained .keras file")
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument("--data", type=pathlib.Path, help="folder of pictures")
    parser.add_argument("--classifier", help="of CIFAR-10")
    parser.add_argument(
        "--cache", type=pathlib.Path, help="folder for what real images give"
    )
    parser.add_argument("--weights", help="of SqueezeNet")
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    if options.name:
        publish(options)
    if options.page:
        page()


if __name__ == "__main__":
    main()
