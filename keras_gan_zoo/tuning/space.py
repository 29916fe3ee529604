"""What is tuned: the search space of each architecture.

A space is a function of an `Asker`. It asks for values and returns two dicts,
arguments of the model's class and of its `compile`, both plain: names,
numbers, lists, and configs of optimizers. The answer by default is what the
class and `compile()` take without arguments, for each of them: there a search
begins.

=====================================  ====================================
all                                    `generator_rate`,
                                       `discriminator_rate`, `beta_1`,
                                       `penalty`, `penalty_weight` with a
                                       penalty, `loss` (`penalised_loss`
                                       with one)
VanillaGAN, DCGAN, ConditionalGAN      `discriminator_steps`, `latent_dim`
VanillaGAN, DCGAN, ConditionalGAN,     `ema_decay`, 0 for no average
InfoGAN, ProGAN
VanillaGAN                             `generator_units`,
                                       `discriminator_units` of each hidden
                                       layer; `dropout` without penalty
DCGAN, InfoGAN                         `normalization` of the discriminator
                                       (`penalised_normalization`),
                                       `"spectral"` that of its kernels
all but VanillaGAN and ProGAN          `filters`
ConditionalGAN                         `conditioning`; `class_loss_weight`
                                       with `"auxiliary"`
InfoGAN                                `units`; `discrete_weight` and
                                       `continuous_weight` of the codes
Pix2Pix                                `l1_weight`, `patch`,
                                       `dropout_rate`, `upsampling`
CycleGAN                               `cycle_weight`, `identity_weight`,
                                       `patch`, `pool_size`
ProGAN                                 `fmap_max`, `latent_dim`
=====================================  ====================================

What theory forbids is not tried: the Wasserstein loss without a penalty,
batch normalisation or dropout under one. Adam's `beta_2` is 0.9 where
`beta_1` is 0, as in WGAN-GP and SNGAN, and else 0.999. `discriminator_steps`
share the batch, so that trials cost alike.
"""

from keras_gan_zoo.models import (
    DCGAN,
    ConditionalGAN,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    ProGAN,
    VanillaGAN,
)
from keras_gan_zoo.models.infogan import paper_codes

PENALTIES = ["r1", "wgan_gp", "dragan"]
LOSSES = ["non_saturating", "least_squares", "hinge", "relativistic"]
RATES = 3e-5, 3e-3
BETAS = [0.0, 0.5, 0.9]


class Asker:
    """Asks KerasTuner for values, but not for those that the user fixed.

    Args:
        hp: `keras_tuner.HyperParameters`.
        fixed: dict of names to values that are not tuned. Beside the names
            that are asked for it may hold any others.
    """

    def __init__(self, hp, fixed):
        self._hp = hp
        self.fixed = {k: "none" if v is None else v for k, v in fixed.items()}

    def choice(self, name, values, default, when=None):
        """One of `values`.

        Args:
            name: what it is called.
            values: list of names or of numbers.
            default: one of them.
            when: tuple of a name and of a list of its values, without which
                this one has no meaning; or None.

        Returns:
            The value; None where it has no meaning.
        """
        return self._ask(
            name, when, lambda: self._hp.Choice(name, values, default=default)
        )

    def log(self, name, low, high, default, when=None):
        """A float that is as likely from 1 to 2 as from 2 to 4.

        It has three digits, so that reports show the very number.

        Args:
            name, default, when: as for `choice`.
            low, high: floats, the bounds.
        """
        value = self._ask(
            name,
            when,
            lambda: self._hp.Float(
                name, low, high, sampling="log", default=default
            ),
        )
        return float(f"{value:.3g}") if isinstance(value, float) else value

    def _ask(self, name, when, ask):
        if name in self.fixed:
            return self.fixed[name]
        if when is None:
            return ask()
        parent, values = when
        if parent in self.fixed:
            return ask() if self.fixed[parent] in values else None
        with self._hp.conditional_scope(parent, values):
            return ask()


# ------------------------------------------------------ what several share


def _adams(ask, generator=2e-4, discriminator=2e-4, beta_1=0.5, **config):
    """The optimizers of both players, as arguments of `compile`."""
    beta_1 = ask.choice("beta_1", BETAS, beta_1)
    beta_2 = 0.9 if beta_1 == 0 else 0.999
    optimizers = {}
    for player, rate in (
        ("generator", generator),
        ("discriminator", discriminator),
    ):
        if f"{player}_optimizer" in ask.fixed:
            continue
        rate = ask.log(f"{player}_rate", *RATES, rate)
        adam = {"learning_rate": rate, "beta_1": beta_1, "beta_2": beta_2}
        optimizers[f"{player}_optimizer"] = {
            "class_name": "Adam",
            "config": {**adam, **config},
        }
    return optimizers


def _game(
    ask,
    loss="non_saturating",
    penalty="none",
    penalised="non_saturating",
):
    """Loss and penalty, as arguments of `compile`.

    Args:
        ask: `Asker`.
        loss: default without a penalty.
        penalty: default.
        penalised: default loss with a penalty.
    """
    penalty = ask.choice("penalty", ["none", *PENALTIES], penalty)
    weight = ask.log(
        "penalty_weight", 0.1, 100.0, 10.0, when=("penalty", PENALTIES)
    )
    loss = _depending(
        ask, "loss", (LOSSES, loss), ([*LOSSES, "wasserstein"], penalised)
    )
    return {
        "loss": loss,
        "penalty": None if penalty == "none" else penalty,
        "penalty_weight": weight,
    }


def _depending(ask, name, plain, penalised):
    """A choice that depends on whether there is a penalty.

    Args:
        ask: `Asker`.
        name: what it is called; under a penalty `penalised_<name>`, as
            KerasTuner mixes up two of one name.
        plain: tuple of values and default without a penalty.
        penalised: likewise with one.
    """
    if name in ask.fixed:
        return ask.fixed[name]
    other = f"penalised_{name}"
    if "penalty" in ask.fixed:  # which may be a function of the user's own
        if ask.fixed["penalty"] == "none":
            return ask.choice(name, *plain)
        return ask.choice(other, *penalised)
    free = ask.choice(name, *plain, when=("penalty", ["none"]))
    bound = ask.choice(other, *penalised, when=("penalty", PENALTIES))
    return free or bound


def _average(ask, decays=(0.0, 0.99, 0.999), default=0.0):
    """The average of latent models, an argument of `compile`."""
    return {"ema_decay": ask.choice("ema_decay", [*decays], default) or None}


def _steps(ask):
    return {"discriminator_steps": ask.choice("discriminator_steps", [1, 2], 1)}


def _normalization(ask):
    """Arguments of a convolutional network's class."""
    names = "discriminator_normalization", "spectral_normalization"
    if any(name in ask.fixed for name in names):
        return {}
    kind = _depending(
        ask,
        "normalization",
        (["batch", "spectral"], "batch"),
        (["layer", "spectral", "none"], "layer"),
    )
    return {
        "discriminator_normalization": kind
        if kind in ("batch", "layer")
        else None,
        "spectral_normalization": kind == "spectral",
    }


def _filters(ask):
    return {"filters": ask.choice("filters", [16, 32, 64], 64)}


def _latent_dim(ask):
    return {"latent_dim": ask.choice("latent_dim", [16, 32, 64, 100], 100)}


# ----------------------------------------------------- of each architecture


def vanilla_gan(ask):
    """`VanillaGAN`."""
    settings = {**_adams(ask), **_game(ask), **_average(ask), **_steps(ask)}
    generator = ask.choice("generator_units", [256, 512, 1200], 1200)
    discriminator = ask.choice("discriminator_units", [120, 240], 240)
    dropout = ask.choice(
        "dropout", [0.0, 0.25, 0.5], 0.5, when=("penalty", ["none"])
    )
    dropout = dropout or 0.0
    arguments = {
        "generator_units": [generator] * 2,
        "discriminator_units": [discriminator] * 2,
        "dropout": dropout,
        "input_dropout": 0.4 * dropout,  # the paper's 0.2 and 0.5
        **_latent_dim(ask),
    }
    return arguments, settings


def dcgan(ask):
    """`DCGAN`."""
    settings = {**_adams(ask), **_game(ask), **_average(ask), **_steps(ask)}
    arguments = {**_filters(ask), **_latent_dim(ask), **_normalization(ask)}
    return arguments, settings


def conditional_gan(ask):
    """`ConditionalGAN`."""
    settings = {**_adams(ask), **_game(ask), **_average(ask), **_steps(ask)}
    conditioning = ask.choice(
        "conditioning",
        ["concatenate", "embedding", "projection", "auxiliary"],
        "concatenate",
    )
    weight = ask.log(
        "class_loss_weight",
        0.1,
        10.0,
        1.0,
        when=("conditioning", ["auxiliary"]),
    )
    settings["class_loss_weight"] = 1.0 if weight is None else weight
    # A penalty forbids batches; projection normalises kernels already.
    layers = settings["penalty"] is not None and conditioning != "projection"
    arguments = {
        "conditioning": conditioning,
        "discriminator_normalization": "layer" if layers else "auto",
        **_latent_dim(ask),
    }
    if ask.fixed.get("network") != "mlp":
        arguments.update(_filters(ask))
    return arguments, settings


def infogan(ask):
    """`InfoGAN`. No metric sees whether its codes mean anything: look."""
    settings = {**_adams(ask, generator=1e-3), **_game(ask), **_average(ask)}
    weights = {
        "discrete": ask.log("discrete_weight", 0.1, 10.0, 1.0),
        "continuous": ask.log("continuous_weight", 0.01, 1.0, 0.1),
    }
    settings["info_weight"] = [
        weights["continuous" if code.kind == "continuous" else "discrete"]
        for code in ask.fixed.get("codes", paper_codes())
    ]
    arguments = {
        **_filters(ask),
        "units": ask.choice("units", [256, 512, 1024], 1024),
        **_normalization(ask),
    }
    return arguments, settings


def pix2pix(ask):
    """`Pix2Pix`."""
    settings = {
        **_adams(ask),
        **_game(ask),
        "l1_weight": ask.log("l1_weight", 1.0, 300.0, 100.0),
    }
    arguments = {
        **_filters(ask),
        "patch": ask.choice("patch", [16, 34, 70], 70),
        "dropout_rate": ask.choice("dropout_rate", [0.0, 0.5], 0.5),
        "upsampling": ask.choice(
            "upsampling", ["transposed", "resize"], "transposed"
        ),
    }
    return arguments, settings


def cyclegan(ask):
    """`CycleGAN`, its rates constant."""
    settings = {
        **_adams(ask),
        **_game(ask, "least_squares", penalised="least_squares"),
        "cycle_weight": ask.log("cycle_weight", 1.0, 30.0, 10.0),
    }
    channels = ask.fixed["image_shape"][-1]
    if ask.fixed.get("channels_b", "none") in ("none", channels):
        weights = [0.0, 0.1, 0.5, 1.0]
        settings["identity_weight"] = ask.choice(
            "identity_weight", weights, 0.5
        )
    arguments = {
        **_filters(ask),
        "patch": ask.choice("patch", [16, 34, 70], 70),
        "pool_size": ask.choice("pool_size", [0, 50], 50),
    }
    return arguments, settings


def progan(ask):
    """`ProGAN`. Fix `phase_images`, or short trials end with 4x4 pixels."""
    adam = _adams(ask, 1e-3, 1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8)
    settings = {
        **adam,
        **_game(ask, "least_squares", "wgan_gp", penalised="wasserstein"),
        **_average(ask, [0.99, 0.999], 0.999),
    }
    arguments = {
        "fmap_max": ask.choice("fmap_max", [64, 128, 256, 512], 512),
        "latent_dim": ask.choice("latent_dim", [128, 256, 512], 512),
    }
    return arguments, settings


SPACES = {
    VanillaGAN: vanilla_gan,
    DCGAN: dcgan,
    ConditionalGAN: conditional_gan,
    InfoGAN: infogan,
    Pix2Pix: pix2pix,
    CycleGAN: cyclegan,
    ProGAN: progan,
}
