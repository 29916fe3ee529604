"""Writes one page about the quality of generated samples."""

import datetime
import os
import pathlib
import platform

import keras
import numpy as np

import keras_gan_zoo
from keras_gan_zoo.families import controls as kinds
from keras_gan_zoo.files import atomic
from keras_gan_zoo.metrics import evaluation as evaluations
from keras_gan_zoo.metrics import features, report_charts, report_page, source
from keras_gan_zoo.metrics.report_samples import Looked
from keras_gan_zoo.modalities import Image

FILE = "index.html"
COLUMNS = 8  # of the grids of samples
GAP = 2  # pixels between samples
LONG = 40  # characters: longer names are only in the list below the title
POINTS = 400  # real and generated points in the plane of features
CLASSES = 30  # the largest number of rows
NEIGHBORS = 3  # real samples next to each generated one
#: Values that are shares, or nearly, so that bars can show them.
SHARES = ("precision", "recall", "density", "coverage", "class_accuracy")


def report(
    generated,
    dataset,
    folder,
    evaluation=None,
    *,
    extractor=None,
    resize=None,
    image_size=None,
    num_images=500,
    num_real=5000,
    batch_size=100,
    seed=0,
    data=None,
    overwrite=False,
    **controls,
):
    """Writes an HTML page about the quality of a model's samples.

    The page has a grid of samples, the real samples that are nearest to some
    of the generated ones, the metrics with their intervals, and the features
    of real and generated samples in a plane. It needs no other file and no
    network.

    A generator that memorizes its training set has the best values in all
    metrics. The nearest real samples show this. To look for copies, pass the
    training samples as `dataset`.

    Args:
        generated: a trained model, or images, as for `kgz.evaluate`.
        dataset: real samples, as for `kgz.evaluate`. Its `class_names` are
            the names of classes.
        folder: path of the folder for `index.html`. It is created if it is
            missing.
        evaluation: `Evaluation` from `kgz.evaluate` for these samples, with
            the same seed. None: `kgz.evaluate` is called, with `num_images`.
        extractor: what makes features of samples for the neighbors and the
            plane, see `keras_gan_zoo.metrics.features.get`. None: the
            modality's default.
        resize: string, how extractors resize images, as for `kgz.evaluate`.
        image_size: tuple `(height, width)` in pixels, size of the pictures
            of folders, as for `kgz.evaluate`.
        num_images: int, the largest number of generated samples that are
            used.
        num_real: int, the largest number of real samples that are used.
        batch_size: int, how many samples are made at a time.
        seed: int, seed of the samples.
        data: string, the page's name for the real samples, or None.
        overwrite: bool, whether an existing page is replaced.
        **controls: arguments of the model's `generate` or `translate`.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        FileExistsError: if there is a page and `overwrite` is False.
        ValueError: if the samples do not fit, as for `kgz.evaluate`.

    Example:

    >>> import tempfile
    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1))
    >>> digits = kgz.data.digits(batch_size=100)
    >>> found = kgz.evaluate(gan, digits, ["fid"], num_images=200)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = kgz.report(gan, digits, folder, found, num_images=100)
    ...     path.name, "frechet_distance" in path.read_text(encoding="utf-8")
    ('index.html', True)
    """
    path = pathlib.Path(folder).expanduser() / FILE
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"There is a report already. Expected a new folder. Received: "
            f"{path}, which exists. Choose another folder, or pass "
            "overwrite=True (--overwrite)."
        )
    if evaluation is None:
        evaluation = evaluations.evaluate(
            generated, dataset, extractor=extractor, num_images=num_images,
            resize=resize, image_size=image_size, batch_size=batch_size,
            seed=seed, **controls,
        )  # fmt: skip
    sides = evaluations.samples_of(
        generated, dataset, controls, batch_size, image_size
    )
    extractor = sides.features if extractor is None else extractor
    extract = features.get(features.with_resize(extractor, resize))
    looked = Looked(sides, extract, num_images, num_real, seed)
    if hasattr(generated, "comparison"):
        plan = generated.comparison(**controls)
        modality = generated.modalities[plan.reference]
    else:
        modality = Image(sides.shape)
    shown = _samples(generated, dataset, looked, modality, seed, controls)
    sections = [
        ("Samples", shown),
        ("Nearest real samples", _neighbors(looked, modality)),
        ("Metrics", _metrics(evaluation)),
        ("Features in a plane", _plane(looked)),
    ]
    name = data or type(dataset).__name__
    facts = _facts(evaluation, name, sides, looked, extract, seed)
    other = data if data and len(data) < LONG else "real samples"
    page = report_page.page(
        f"{evaluation.model} compared with {other}",
        "Look at the samples first. Then see whether they are copies, and "
        "what the numbers say.",
        facts,
        sections,
        "Written by keras_gan_zoo. The page loads nothing from elsewhere.",
    )
    atomic.write_text(path, page)
    return path


def _facts(evaluation, name, sides, looked, extract, seed):
    """Says what was measured, and how, as a dict of texts."""
    trained = {}
    if sides.steps is not None:
        trained = {"trained for": f"{sides.steps:,} steps"}
    return {
        "generated samples": evaluation.model,
        **trained,
        "real samples": name,
        "real samples looked at": f"{len(looked.real_features):,} of "
        f"{looked.real_total:,}",
        "generated samples looked at": f"{len(looked.fake):,}",
        "features": extract.name,
        "seed": seed,
        "date": datetime.date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors",
        "versions": f"keras_gan_zoo {keras_gan_zoo.__version__}, Keras "
        f"{keras.__version__} on {keras.backend.backend()}, Python "
        f"{platform.python_version()}",
    }


# ------------------------------------------------------------------- samples


def _samples(generated, dataset, looked, modality, seed, controls):
    """Makes rows of classes, rows of translations, or two grids."""
    if hasattr(generated, "comparison"):
        plan = generated.comparison(**controls)
        if plan.once:
            return _translated(generated, dataset, plan, seed, controls)
        for control in generated.controls:
            if isinstance(control, kinds.Labels) and not controls:
                return _classes(generated, dataset, control, modality, seed)
    num = COLUMNS**2
    fake = looked.fake[:num]
    real = looked.real(range(min(num, len(looked.real_features))))
    grids = [
        report_page.figure(
            modality.preview(samples, COLUMNS, GAP),
            f"{len(samples)} {name} samples in rows of {COLUMNS}",
            f"{len(samples)} {name} samples, not chosen",
        )
        for name, samples in (("generated", fake), ("real", real))
    ]
    return f'<div class="side">{"".join(grids)}</div>'


def _classes(gan, dataset, control, modality, seed):
    """Makes a row of generated samples for each class."""
    num = control.num_classes
    names = getattr(dataset, "class_names", None) or [
        str(n) for n in range(num)
    ]
    rows = []
    for label in range(min(num, CLASSES)):
        samples = gan.generate(COLUMNS, labels=label, seed=seed)
        text = f"{COLUMNS} generated samples of the class {names[label]}"
        rows.append(
            (names[label], modality.preview(samples, COLUMNS, GAP), text)
        )
    more = f" The first {CLASSES} of {num} classes." if num > CLASSES else ""
    return report_page.paragraph(
        "A row for each class that was asked for. The samples of a column "
        f"share their latent vector.{more}"
    ) + report_page.strips(rows)


def _translated(gan, dataset, plan, seed, controls):
    """Shows inputs, translations, and targets if there are any."""
    first = source.first_batch(dataset)
    members = dict(zip(gan.modalities, first))
    inputs = {name: members[name][:COLUMNS] for name in plan.given}
    num = len(inputs[plan.given[0]])
    made = gan.respond(num, inputs, seed, **controls)
    rows = [(name, name, samples) for name, samples in inputs.items()]
    rows.append(("translations", plan.reference, made))
    if gan.aligned:
        target = members[plan.reference][:COLUMNS]
        rows.append((plan.reference, plan.reference, target))
    return report_page.strips(
        [
            (
                name,
                gan.modalities[kind].preview(samples, COLUMNS, GAP),
                f"{num} {name} in a row; each column belongs together",
            )
            for name, kind, samples in rows
        ]
    )


# ----------------------------------------------------------------- neighbors


def _neighbors(looked, modality):
    """Shows generated samples next to their nearest real samples."""
    places, distances = looked.neighbors(NEIGHBORS)
    near, apart = np.median(distances[:, 0]), np.median(looked.apart())
    text = (
        f"Half of the generated samples are within {near:.3g} of a real one. "
        f"Half of the real ones are within {apart:.3g} of another real one. "
        "Distances are between features. "
    )
    if near < apart / 2:
        text += "Generated samples are much nearer: they may be copies."
    elif near < apart:
        text += "Generated samples are a little nearer. Look for copies."
    else:
        text += "Generated samples are no nearer than real ones are."
    closest = np.argsort(distances[:, 0], kind="stable")[:6]
    parts = [report_page.paragraph(text)]
    for title, which in (
        ("The six that are nearest to a real sample", closest),
        ("Six that were not chosen", np.arange(min(6, len(looked.fake)))),
    ):
        cards = [
            _card(number, looked, modality, places[number], distances[number])
            for number in which
        ]
        parts.append(
            f'<h3>{title}</h3><div class="pairs">{"".join(cards)}</div>'
        )
    return "".join(parts)


def _card(number, looked, modality, places, distances):
    """Shows one generated sample and its neighbors."""
    figures = [
        report_page.figure(
            modality.preview(looked.fake[number][None], 1, 0),
            f"generated sample {number}",
            "generated",
        )
    ]
    for sample, distance in zip(looked.real(places), distances):
        figures.append(
            report_page.figure(
                modality.preview(sample[None], 1, 0),
                f"real sample at distance {distance:.3g}",
                f"{distance:.3g}",
            )
        )
    return f'<div class="pair"><div>{"".join(figures)}</div></div>'


# ------------------------------------------------------------------- numbers


def _metrics(evaluation):
    """Makes the table of all values, and bars for the shares."""
    rows = [
        (name, score.values[name], score.intervals.get(name))
        for score in evaluation.scores
        for name in score.values
        if name in SHARES
    ]
    text = report_page.metric_table(evaluation.scores)
    if not rows:
        return text
    return (
        text
        + report_page.paragraph(
            "Precision and density say how many generated samples look real. "
            "Recall and coverage say how much of the real variety is there. "
            "Lines are 95 % intervals, where there are any."
        )
        + report_charts.bars(rows)
    )


def _plane(looked):
    """Plots real and generated features in their principal plane."""
    num = min(POINTS, len(looked.real_features), len(looked.fake_features))
    # Equal numbers, so that both sets count equally for the plane.
    real, fake = (
        rows[np.linspace(0, len(rows) - 1, num).round().astype(int)]
        for rows in (looked.real_features, looked.fake_features)
    )
    real, fake, share = report_charts.plane(real, fake)
    text = (
        f"{num} real and {num} generated samples, their features in the "
        f"plane of the two principal components, which shows {share:.0%} of "
        "their variance."
    )
    key = (
        '<p class="key"><span class="ring">&#9675;</span> real &ensp; '
        '<span class="cross">&times;</span> generated</p>'
    )
    return (
        report_page.paragraph(
            f"{text} Where there are rings without crosses, the generator "
            "leaves something out."
        )
        + key
        + report_charts.scatter(real, fake, text)
    )
