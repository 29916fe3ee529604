"""The commands that use a trained model, and list."""

import itertools
import pathlib
import sys

from keras_gan_zoo_cli import sources


def list_all(options):
    import keras_gan_zoo as kgz

    for name, class_name in sources.MODELS.items():
        summary = getattr(kgz, class_name).__doc__.splitlines()[0]
        print(f"{name:16} {summary}")
    print("\nPretrained, in place of a FILE:")
    for name, card in kgz.list_presets().items():
        print(f"{name:24} {card['description']}")


def generate(options):
    import keras_gan_zoo as kgz

    _check_free(options)
    gan = sources.model(options.file)
    if not hasattr(gan, "generate"):
        raise ValueError(
            f"{type(gan).__name__} makes images of images. Expected: "
            f"keras-gan-zoo translate. Received: generate {options.file}"
        )
    given = {}
    if options.labels is not None:
        if gan.batches != "labelled":
            raise ValueError(
                f"{type(gan).__name__} knows no classes. Expected a "
                f"ConditionalGAN for --labels. Received: {options.file}"
            )
        labels = itertools.cycle(options.labels)
        given["labels"] = list(itertools.islice(labels, options.num))
    images = gan.generate(options.num, seed=options.seed, **given)
    kgz.pictures.save(options.out, kgz.pictures.grid(images))
    print(options.out)


def traverse(options):
    import keras_gan_zoo as kgz

    _check_free(options)
    gan = sources.model(options.file)
    rows = kgz.control.traverse(
        gan, options.code, columns=options.columns, seed=options.seed
    )
    kgz.pictures.save(options.out, kgz.control.picture(rows))
    print(options.out)


def translate(options):
    import keras_gan_zoo as kgz

    gan = sources.model(options.file)
    if not isinstance(gan, (kgz.CycleGAN, kgz.Pix2Pix)):
        raise ValueError(
            f"{type(gan).__name__} translates no pictures. Expected a file "
            f"of a Pix2Pix or CycleGAN. Received: {options.file}"
        )
    names = ("to",) if isinstance(gan, kgz.CycleGAN) else ("seed", "noise")
    given = {name: getattr(options, name) for name in (*names, "tile")}
    given = {key: value for key, value in given.items() if value is not None}
    skipped = kgz.control.picture_files.translate(
        gan, options.source, options.target, options.overwrite, **given
    )
    print(options.target)
    for reason in skipped:
        print(f"keras-gan-zoo: skipped. {reason}", file=sys.stderr)
    return 1 if skipped else 0


def evaluate(options):
    import keras_gan_zoo as kgz

    gan = sources.model(options.file)
    if options.image_size is None:
        options.image_size = gan.image_shape[:2]
    evaluation = kgz.evaluate(
        gan,
        sources.data(options, type(gan), options.split),
        options.metrics.split(","),
        sources.extractor(options),
        options.num,
        to=options.to or "b",
        seed=options.seed,
        cache=options.cache,
        verbose=1,
    )
    print(evaluation.table())
    if options.json is not None:
        kgz.files.storage.write_text(options.json, evaluation.json())


def explore(options):
    from keras_gan_zoo.control import explorer

    explorer.check_installed()
    gan = sources.model(options.file)
    name = pathlib.Path(options.file).stem
    explorer.serve(gan, name, options.port, options.browser)


def describe(options):
    gan = sources.model(options.file, compile=True)
    print(type(gan).__name__)
    print(type(gan).__doc__.splitlines()[0])
    print(f"steps trained: {int(gan.steps)}")
    for name, value in gan.get_config().items():
        print(f"  {name} = {_short(value)}")
    for player, networks in gan.players().items():
        for network in networks:
            print(
                f"{player}: {network.name}, {network.count_params():,} weights"
            )
    if gan.compiled:
        print("compiled with")
        for name, value in gan.get_compile_config().items():
            print(f"  {name} = {_short(value)}")


def _check_free(options):
    if options.out.exists() and not options.overwrite:
        raise ValueError(
            f"{options.out} exists. Expected a new file, or --overwrite."
        )


def _short(value):
    """A config's value in a line: a serialised object by its class."""
    if isinstance(value, dict) and "class_name" in value:
        inner = value["config"]
        if not isinstance(inner, dict):
            return inner
        inner = ", ".join(f"{k}={v!r}" for k, v in inner.items())
        return f"{value['class_name']}({inner})"
    return repr(value)
