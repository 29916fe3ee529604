"""What names on the command line stand for: classes, data, models."""

import pathlib

#: Command-line name of each architecture -> its class in keras_gan_zoo.
MODELS = {
    "vanilla_gan": "VanillaGAN",
    "dcgan": "DCGAN",
    "conditional_gan": "ConditionalGAN",
    "infogan": "InfoGAN",
    "pix2pix": "Pix2Pix",
    "cyclegan": "CycleGAN",
    "progan": "ProGAN",
}


def model(name, compile=False):
    """The model in a file, or the preset of that name."""
    import keras_gan_zoo as kgz

    if not pathlib.Path(name).exists() and name in kgz.list_presets():
        return kgz.from_preset(name)
    return kgz.load(name, compile=compile)


def data(options, cls, split=None):
    """The dataset that --data names, with the arguments that were given."""
    from keras_gan_zoo import data

    batches = cls.batches
    kind, _, name = options.data.partition(":")
    paths = name.split(",")
    given = {
        "batch_size": options.batch_size,
        "image_size": options.image_size,
        "seed": options.seed,
    }
    given = {key: value for key, value in given.items() if value is not None}
    tfds = {"data_dir": options.data_dir, **given}
    if split is not None:
        if kind != "tfds" or batches == "domains":
            raise ValueError(
                "Expected --split with --data tfds:NAME of images. "
                f"Received: --split {split} with --data {options.data}"
            )
        tfds["split"] = split
    if batches == "pairs":
        if kind == "pairs" and len(paths) == 1:
            return data.paired_folder(name, **given)
        if kind == "pairs" and len(paths) == 2:
            return data.paired_folder(paths[0], path_b=paths[1], **given)
        if kind == "photographs":
            return data.photograph_pairs(name or "colour", **given)
        expected = (
            "pairs:PATH, pairs:PATH_A,PATH_B, photographs:colour or "
            "photographs:edges"
        )
    elif batches == "domains":
        if kind == "unpaired" and len(paths) == 2:
            return data.unpaired_folders(*paths, **given)
        if kind == "tfds" and name:
            return data.unpaired_tfds(name, **tfds)
        if kind == "photographs" and not name:
            return data.photograph_domains(**given)
        expected = "unpaired:PATH_A,PATH_B, tfds:NAME or photographs"
    else:
        labels = {"labels": batches == "labelled"}
        if kind == "digits" and not name:
            return data.digits(**given, **labels)
        if kind == "tfds" and name:
            return data.tfds(name, **tfds, **labels)
        if kind == "folder" and name:
            return data.image_folder(name, **given, **labels)
        expected = "digits, tfds:NAME or folder:PATH"
    raise ValueError(
        f"Expected --data {expected} for {cls.__name__}. "
        f"Received: --data {options.data}"
    )


def extractor(options):
    """What --extractor names: a name as it is, or the model of a file."""
    if not options.extractor.endswith(".keras"):
        return options.extractor
    import keras

    return keras.saving.load_model(options.extractor, compile=False)
