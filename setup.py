"""The packages of the wheel; everything else stands in setup.cfg."""

import setuptools

# The presets lie at the top of the checkout and inside the installed package.
# `packages = find:` of setup.cfg cannot say so.
setuptools.setup(
    packages=[
        *setuptools.find_packages(
            include=["keras_gan_zoo*", "keras_gan_zoo_cli*"]
        ),
        "keras_gan_zoo.saved_models",
    ],
    package_dir={"keras_gan_zoo.saved_models": "saved_models"},
    package_data={
        "keras_gan_zoo.data": ["noto_emoji/*"],
        "keras_gan_zoo.saved_models": [
            "*/*.keras",
            "*/*.npz",
            "*/*.json",
            "*/*.png",
        ],
    },
)
