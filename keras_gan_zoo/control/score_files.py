"""Scores picture files by how odd they are, and draws where."""

import csv
import io
import pathlib

import numpy as np

from keras_gan_zoo.control.anomaly import anomaly_scores
from keras_gan_zoo.control.project_files import read
from keras_gan_zoo.data import folder
from keras_gan_zoo.files import atomic
from keras_gan_zoo.modalities import pictures

#: The color of the largest differences in a map, on the scale of [-1, 1].
HOT = (1.0, -0.6, -1.0)


def heat(images, maps):
    """Colors images where their maps are large.

    Args:
        images: float array `(num, height, width, channels)` in [-1, 1], with
            one channel or three.
        maps: float array `(num, height, width)`, as in `AnomalyScores`. The
            largest number of all maps has the full color.

    Returns:
        float32 array `(num, height, width, 3)` in [-1, 1].

    Example:

    >>> images = np.zeros((1, 2, 2, 1))
    >>> colored = heat(images, np.array([[[0.0, 1.0], [0.0, 2.0]]]))
    >>> colored[0, :, :, 0].tolist()  # the red channel
    [[0.0, 0.5], [0.0, 1.0]]
    """
    images = np.broadcast_to(images, (*np.shape(images)[:3], 3))
    share = np.asarray(maps)[..., np.newaxis] / max(np.max(maps), 1e-12)
    return ((1 - share) * images + share * np.array(HOT)).astype("float32")


def score_files(
    gan, source, target, maps=None, odd=None, overwrite=False, **kwargs
):
    """Scores the pictures of a folder, and writes a table.

    Args:
        gan: a model that makes images from latents.
        source: path of a folder of pictures, or of a picture file.
        target: path of the `.csv` file to write, with the columns `file` and
            `score`, the oddest picture first.
        maps: path of a folder for heat maps, or None. For each picture it
            gets a picture with the same name: the picture, what the model
            made of it, and the picture in red where the two differ.
        odd: list of names of the subfolders with odd pictures, or None. With
            it, the table has a column `odd` of 0 and 1.
        overwrite: bool, whether existing files may be replaced.
        **kwargs: arguments of `control.anomaly_scores`, such as `method`.

    Returns:
        `AnomalyScores` in the order of the names, the list of the names, and
        the area under the ROC curve, or None without `odd`.

    Raises:
        ValueError: if a file would be replaced, a subfolder does not exist,
            or as in `control.anomaly_scores`.

    Example:

    >>> import tempfile
    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN(image_shape=(8, 8, 1), latent_dim=5)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     picture = pictures.grid(gan.generate(1, seed=0))
    ...     _ = pictures.save(f"{place}/a.png", picture, min_side=1)
    ...     scores, names, _ = score_files(
    ...         gan, place, f"{place}/a.csv", steps=1, verbose=0
    ...     )
    ...     text = pathlib.Path(f"{place}/a.csv").read_text()
    >>> names, text.splitlines()[0]
    (['a.png'], 'file,score')
    """
    source, target = pathlib.Path(source), pathlib.Path(target)
    if target.exists() and not overwrite:
        raise ValueError(
            "Expected a new file, or --overwrite (overwrite=True). Received: "
            f"{target}, which exists."
        )
    names = [source.name]
    if source.is_dir():
        files = folder.find(source)
        names = [file.relative_to(source).as_posix() for file in files]
    truth = None if odd is None else _truth(names, odd)
    images = read(gan, source)
    found = anomaly_scores(gan, images, **kwargs)
    rows = [[name, f"{score:.6g}"] for name, score in zip(names, found.scores)]
    header = ["file", "score"]
    if truth is not None:
        rows = [[*row, number] for row, number in zip(rows, truth)]
        header.append("odd")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows[place] for place in np.argsort(-found.scores))
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_text(target, text.getvalue())
    if maps is not None:
        _draw(pathlib.Path(maps), names, images, found)
    return found, names, None if truth is None else found.auroc(truth)


def _truth(names, odd):
    """Returns 1 for the names in odd subfolders, and 0 for all others."""
    inside = [set(pathlib.PurePosixPath(name).parts[:-1]) for name in names]
    unknown = set(odd).difference(*inside)
    if unknown:
        raise ValueError(
            "Odd pictures are in subfolders of their own. Expected names of "
            "subfolders. Received: "
            f"{', '.join(sorted(unknown))}, without a picture."
        )
    return [int(bool(parts & set(odd))) for parts in inside]


def _draw(target, names, images, found):
    hot = heat(images, found.maps)
    for name, *rows in zip(names, images, found.images, hot):
        path = (target / name).with_suffix(".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = [np.broadcast_to(row, hot.shape[1:]) for row in rows]
        pictures.save(path, pictures.grid(np.stack(columns), columns=3))
