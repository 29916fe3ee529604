"""How each preset was trained, and what it is measured with: data only.

`command` trains it. Minutes and machine are those of that training; where
they are missing, `replay.py` ran the command on a lent GPU and wrote them on
the card beside the file.
"""

import json


def adam(rate, beta_1, **further):
    """Adam as `--compile` takes it."""
    config = {"learning_rate": rate, "beta_1": beta_1, **further}
    return json.dumps({"class_name": "Adam", "config": config})


def falling(rate, steps):
    """A rate that stays for so many steps and falls to 0 over as many."""
    config = {
        "learning_rate": rate,
        "constant_steps": steps,
        "decay_steps": steps,
    }
    name = "keras_gan_zoo>ConstantThenLinear"
    return {"class_name": name, "config": config}


def both(optimizer):
    """An optimizer for each player."""
    return " ".join(
        f"--compile '{player}_optimizer={optimizer}'"
        for player in ("generator", "discriminator")
    )


#: Of Miyato & Koyama (2018), at 2.5 times their rate: epochs are few.
RATES = both(adam(5e-4, 0.0, beta_2=0.9))
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
#: Minutes were counted on one core, while the other one trained another.
ONE_CORE = "one of 2 cores, Intel Xeon, Linux"
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
        "command": "keras-gan-zoo train conditional_gan --data tfds:mnist "
        "--batch-size 128 --epochs 6 --set conditioning=projection "
        f"--set filters=32 --set seed=0 {RATES} --compile ema_decay=0.999 "
        "--out runs/conditional",
        "seed": 0,
        "machine": ONE_CORE,
        "minutes": 8,
        "metrics": (*METRICS, "accuracy"),
    },
    "infogan_mnist_28": {
        "description": "MNIST, 28x28, codes found without labels: "
        "categorical_0 is the digit, continuous_0 its width, continuous_1 its "
        "slant",
        **MNIST,
        "command": "keras-gan-zoo train infogan --data tfds:mnist "
        "--batch-size 128 --epochs 20 --set filters=32 --set units=256 "
        f"--set seed=1 --compile 'discriminator_optimizer={adam(5e-4, 0.5)}' "
        "--compile ema_decay=0.999 --out runs/infogan",
        "seed": 1,
    },
    "vanilla_gan_mnist_28": {
        "description": "MNIST, 28x28, by a multilayer perceptron with R1",
        **MNIST,
        "command": "keras-gan-zoo train vanilla_gan --data tfds:mnist "
        "--batch-size 128 --epochs 40 --set dropout=0 --set input_dropout=0 "
        "--compile penalty=r1 --compile penalty_weight=1 --compile "
        "ema_decay=0.999 --out runs/vanilla",
        "seed": 0,
    },
    "dcgan_mnist_28": {
        "description": "MNIST, 28x28, the paper's settings at half its width",
        **MNIST,
        "command": "keras-gan-zoo train dcgan --data tfds:mnist --batch-size "
        "128 --epochs 24 --set filters=32 --compile ema_decay=0.999 "
        "--out runs/dcgan",
        "seed": 0,
    },
    "dcgan_emoji_64": {
        "description": "Noto emoji, 64x64, by a narrow DCGAN with "
        "differentiable augmentation",
        **NOTO,
        "command": "keras-gan-zoo train dcgan --data folder:noto --image-size "
        "64x64 --batch-size 32 --epochs 677 --set filters=32 --set "
        "kernel_size=4 --set augmentation=color,translation,cutout --set "
        "seed=0 --set dtype=mixed_bfloat16 --compile ema_decay=0.999 "
        "--out runs/emoji",
        "seed": 0,
        "minutes": 97,
    },
    "pix2pix_emoji_64": {
        "description": "outlines to Noto emoji, 64x64",
        **NOTO,
        "pairs": "outline_to_noto/test",
        "command": "keras-gan-zoo train pix2pix --data "
        "pairs:outline_to_noto/train --image-size 64x64 --batch-size 16 "
        "--epochs 60 --set filters=24 --set patch=34 --set upsampling=resize "
        "--set seed=0 --set dtype=mixed_bfloat16 "
        f"{both(adam(falling(4e-4, 2790), 0.5))} --out runs/pix2pix",
        "seed": 0,
        "machine": ONE_CORE,
        "minutes": 24,
    },
    "cyclegan_emoji_64": {
        "description": "Noto emoji to Firefox OS emoji and back, 64x64, "
        "learnt without pairs",
        **NOTO,
        "data": "Noto Emoji (Google) and FxEmojis (Mozilla), on white",
        "licence": "Apache 2.0 and CC BY 4.0 in this order",
        "pairs": "noto_to_firefox/test",
        "command": "keras-gan-zoo train cyclegan --data unpaired:noto,firefox "
        "--image-size 64x64 --batch-size 4 --epochs 35 --set filters=64 "
        "--set num_halvings=1 --set patch=16 --set upsampling=resize "
        "--set dtype=mixed_bfloat16 --compile adversarial_weight=0.5 "
        "--compile 'generator_optimizer="
        f"{adam(falling(4e-4, 6947), 0.5)}' --out runs/cyclegan",
        "seed": 0,
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
