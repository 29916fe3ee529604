"""How well ConditionalGAN and InfoGAN do what they are told: the tables.

    python benchmarks/control.py --model conditional --dataset digits
    python benchmarks/control.py --model conditional --dataset mnist
    python benchmarks/control.py --model infogan --dataset digits --seeds 3
    python benchmarks/control.py --model infogan --dataset mnist --seeds 3

conditional: 1,000 images, 100 of each class; how many of them a classifier
    of real images puts in the class that was asked for, and how much they
    vary within their class compared with real ones (100 %: equally). The
    embedded digits are classified by a support vector machine (98 to 99 % in
    cross validation), MNIST by the classifier that ships with the package.
infogan: trained without labels; its ten-valued code, read off real images
    with `infer_codes`, is matched one to one to the digits so that the most
    agree. On MNIST the images are the test set's; of the embedded digits
    there is one set, and nothing in the training sees a label.

Pictures go to `--output`: a grid of classes, traversals of all codes.
"""

import argparse
import pathlib
import statistics
import time

import classifiers
import keras
import numpy as np
from scipy.optimize import linear_sum_assignment

import keras_gan_zoo as kgz

KINDS = ("concatenate", "embedding", "projection", "auxiliary")
#: What differs from the defaults of model, compile and data, so that minutes
#: are enough: small networks, larger steps, averaged weights. InfoGAN on
#: MNIST has half the paper's width; there the paper's 2e-4 for discriminator
#: and Q went wrong in one of two otherwise equal runs (the discriminator won
#: outright), 5e-4 in none of three.
RECIPES = {
    ("conditional", "digits"): {
        "model": {"filters": 32},
        "rates": {"generator": 5e-4, "discriminator": 5e-4},
        "compile": {"ema_decay": 0.99},
        "batch_size": 64,
        "epochs": 150,
    },
    ("conditional", "mnist"): {
        "model": {"filters": 32},
        "rates": {"generator": 5e-4, "discriminator": 5e-4},
        "compile": {"ema_decay": 0.999},
        "batch_size": 128,
        "epochs": 6,
    },
    ("infogan", "digits"): {
        "model": {
            "filters": 32,
            "units": 256,
            "codes": [kgz.codes.Categorical(10)],
        },
        "compile": {},
        "batch_size": 128,
        "epochs": 150,
    },
    ("infogan", "mnist"): {
        "model": {"filters": 32, "units": 256},
        "rates": {"discriminator": 5e-4},
        "compile": {},
        "batch_size": 128,
        "epochs": 12,
    },
}


def real_images(arguments):
    """All of scikit-learn's digits or MNIST's test set, with labels."""
    if arguments.dataset == "mnist":
        return classifiers.mnist("test", arguments.data_dir)
    batches = kgz.data.digits(batch_size=1797, labels=True)
    return next(batches.as_numpy_iterator())


def judge_of(arguments):
    """A function from images to classes, and its accuracy on real ones."""
    if arguments.dataset == "mnist":
        classify = kgz.metrics.features.get("mnist_softmax")

        def judge(images):
            blocks = np.array_split(images, max(len(images) // 500, 1))
            scores = np.concatenate([classify(block) for block in blocks])
            return scores.argmax(axis=1)

        images, labels = real_images(arguments)
        return judge, np.mean(judge(images) == labels)
    from sklearn.model_selection import cross_val_score
    from sklearn.svm import SVC

    images, labels = real_images(arguments)
    flat = images.reshape(len(images), -1)
    share = cross_val_score(SVC(C=10), flat, labels, cv=5).mean()
    judge = SVC(C=10).fit(flat, labels)
    return lambda x: judge.predict(x.reshape(len(x), -1)), share


def batches_of(arguments, batch_size, seed):
    """The training data, with labels."""
    if arguments.dataset == "digits":
        return kgz.data.digits(batch_size, labels=True, seed=seed)
    return kgz.data.tfds(
        "mnist",
        batch_size,
        labels=True,
        data_dir=arguments.data_dir,
        seed=seed,
    )


def trained(gan, recipe, arguments, seed):
    """Compiles, fits and saves; returns the minutes of `fit`, and a path."""
    # The numbers of docs/results.md were measured so.
    gan.compile(updates="simultaneous", **recipe["compile"])
    for player, rate in recipe.get("rates", {}).items():
        gan.optimizer[player].learning_rate = rate
    batches = batches_of(arguments, recipe["batch_size"], seed)
    start = time.time()
    gan.fit(batches, epochs=arguments.epochs or recipe["epochs"], verbose=2)
    minutes = (time.time() - start) / 60
    name = f"{arguments.model}_{arguments.dataset}_{gan.name}_{seed}"
    gan.save(arguments.output / f"{name}.keras")
    return minutes, arguments.output / name


def agreement(gan, judge, real, seed):
    """Of 1,000 images: share in their class, in the worst one, variety."""
    wanted = np.repeat(np.arange(10), 100)
    images = gan.generate(1000, labels=wanted, seed=seed)
    right = (judge(images) == wanted).reshape(10, 100).mean(axis=1)
    share = variety(images, wanted) / variety(*real)
    return right.mean(), right.min(), share


def variety(images, labels):
    """Deviation of a pixel among the images of a class, on average."""
    deviations = [images[labels == k].std(axis=0).mean() for k in range(10)]
    return np.mean(deviations)


def matched(codes, labels):
    """Share of images whose code is the one matched to their label."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (codes, labels), 1)
    rows, columns = linear_sum_assignment(-counts)
    return counts[rows, columns].sum() / len(labels)


def conditional(arguments, recipe):
    """The table of the four kinds of conditioning."""
    judge, share = judge_of(arguments)
    real = real_images(arguments)
    print(f"The judge knows {share:.2%} of real images it was not shown.")
    rows = []
    for kind in arguments.conditioning:
        for seed in range(arguments.seeds):
            keras.utils.set_random_seed(seed)
            gan = kgz.ConditionalGAN(
                arguments.image_shape,
                conditioning=kind,
                name=kind,
                seed=seed,
                dtype=arguments.dtype,
                **recipe["model"],
            )
            minutes, path = trained(gan, recipe, arguments, seed)
            mean, worst, varied = agreement(gan, judge, real, seed)
            picture = kgz.control.picture(kgz.control.class_grid(gan))
            kgz.pictures.save(f"{path}.png", picture)
            rows.append(
                f"| {kind} | {seed} | {mean:.1%} | {worst:.0%} | {varied:.0%} "
                f"| {minutes:.1f} |"
            )
            print(rows[-1], flush=True)
    print(
        "| conditioning | seed | agreement | worst class | variety | minutes |"
    )
    print("| --- | --- | --- | --- | --- | --- |", *rows, sep="\n")


def infogan(arguments, recipe):
    """The table of seeds, and the median of them."""
    images, labels = real_images(arguments)
    rows, shares = [], []
    for seed in range(arguments.seeds):
        keras.utils.set_random_seed(seed)
        gan = kgz.InfoGAN(
            arguments.image_shape,
            name="infogan",
            seed=seed,
            dtype=arguments.dtype,
            **recipe["model"],
        )
        minutes, path = trained(gan, recipe, arguments, seed)
        share = matched(gan.infer_codes(images)["categorical_0"], labels)
        for name in gan.codes.names:
            picture = kgz.control.picture(kgz.control.traverse(gan, name))
            kgz.pictures.save(f"{path}_{name}.png", picture)
        shares.append(share)
        bounds = gan.evaluate(images, verbose=0, return_dict=True)
        bounds = [f"{bounds[f'mi_{name}']:.2f}" for name in gan.codes.names]
        rows.append(
            f"| {seed} | {share:.1%} | {', '.join(bounds)} | {minutes:.1f} |"
        )
        print(rows[-1], flush=True)
    print("| seed | agreement | bounds in nats | minutes |")
    print("| --- | --- | --- | --- |", *rows, sep="\n")
    print(f"median: {statistics.median(shares):.1%}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", choices=["conditional", "infogan"], required=True
    )
    parser.add_argument(
        "--dataset", choices=["digits", "mnist"], default="digits"
    )
    parser.add_argument(
        "--conditioning", nargs="+", choices=KINDS, default=KINDS
    )
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--dtype", help="e.g. mixed_bfloat16")
    parser.add_argument("--data-dir", help="folder of prepared TFDS sets")
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path("control")
    )
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    digits = arguments.dataset == "digits"
    arguments.image_shape = (8, 8, 1) if digits else (28, 28, 1)
    recipe = RECIPES[arguments.model, arguments.dataset]
    {"conditional": conditional, "infogan": infogan}[arguments.model](
        arguments, recipe
    )


if __name__ == "__main__":
    main()
