"""Parts of search spaces that many classes share.

The search space of a class is its classmethod `search_space(ask)`. It asks an
`Asker` for values and returns two dicts: arguments of the class, and arguments
of its `compile`. All values are plain: names, numbers, lists, and configs of
optimizers. `help(cls.search_space)` lists what is tuned for a class.

A search starts at the defaults of the class. They are not repeated here: the
`Asker` reads them from the signatures of the class and of its `compile`.

Combinations that theory rules out are not tried: the Wasserstein loss without
a penalty, and batch normalization or dropout with a penalty.
"""

import inspect

import keras

from keras_gan_zoo.families.asker import defaults_of
from keras_gan_zoo.objectives import penalties

PENALTIES = ["r1", "wgan_gp", "dragan"]
PENALTY_WEIGHT = penalties.DEFAULT_WEIGHTS[penalties.r1]  # as of all three
LOSSES = ["non_saturating", "least_squares", "hinge", "relativistic"]
RATES = 3e-5, 3e-3
BETAS = [0.0, 0.5, 0.9]
FILTERS = [16, 32, 64]
LATENT_DIMS = [16, 32, 64, 100]
#: Condition for values that depend on a penalty: `when` is without a penalty,
#: `unless` is with one.
NO_PENALTY = ("penalty", ["none"])


def default_space(ask):
    """Asks for the settings worth tuning in every architecture.

    These are the optimizer of each player, which starts as Adam(2e-4,
    beta_1=0.5), and the adversarial loss with its penalty. The players are a
    generator, a discriminator, and all players with an optimizer in the
    signature of `compile`.

    Args:
        ask: `Asker`.

    Returns:
        Two dicts: no arguments of the class, and arguments of `compile`.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> class Model:
    ...     def compile(self, loss, encoder_optimizer, penalty=None):
    ...         pass
    >>> _, settings = default_space(Asker(Model, keras_tuner.HyperParameters()))
    >>> list(settings)[:3]
    ['generator_optimizer', 'discriminator_optimizer', 'encoder_optimizer']
    """
    adam = keras.optimizers.Adam(2e-4, beta_1=0.5)
    named = [
        name.removesuffix("_optimizer")
        for name in ask.defaults
        if name.endswith("_optimizer")
    ]
    players = dict.fromkeys(["generator", "discriminator", *named], adam)
    return {}, {**optimizers(ask, **players), **adversarial_loss(ask)}


def optimizers(ask, **defaults):
    """Asks for an Adam for each player: one rate each and a shared `beta_1`.

    With the default `beta_1`, `beta_2` is the default, too. With another
    `beta_1` it is 0.9 if `beta_1` is 0, and 0.999 otherwise, unless the default
    `beta_2` is not 0.999: then it stays.

    Args:
        ask: `Asker`.
        **defaults: the first `keras.optimizers.Adam` of each player, e.g.
            `generator=keras.optimizers.Adam(2e-4)`. All have the same
            `beta_1`.

    Returns:
        Dict, arguments of `compile`: configs of optimizers.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> ask = Asker(object, keras_tuner.HyperParameters())
    >>> found = optimizers(ask, encoder=keras.optimizers.Adam(1e-3, 0.5))
    >>> found["encoder_optimizer"]["config"]
    {'learning_rate': 0.001, 'beta_1': 0.5, 'beta_2': 0.999}
    """
    defaults = {
        player: adam
        for player, adam in defaults.items()
        if f"{player}_optimizer" not in ask.fixed
    }
    if not defaults:
        return {}
    first = next(iter(defaults.values()))
    beta_1 = ask.choice("beta_1", BETAS, first.beta_1)
    beta_2 = 0.9 if beta_1 == 0 else 0.999
    if beta_1 == first.beta_1:
        beta_2 = first.beta_2
    tuned = ("learning_rate", "beta_1", "name")
    usual = defaults_of(type(first))
    found = {}
    for player, default in defaults.items():
        config = default.get_config()
        rate = float(f"{config['learning_rate']:.6g}")  # it was a float32
        adam = {
            "learning_rate": ask.log(f"{player}_rate", *RATES, rate),
            "beta_1": beta_1,
            "beta_2": beta_2,
        }
        for name, value in config.items():
            if name not in tuned and value != usual[name]:
                adam[name] = value
        found[f"{player}_optimizer"] = {"class_name": "Adam", "config": adam}
    return found


def rms_props(ask, players, rate, **settings):
    """Asks for an RMSprop for each player: one rate each.

    Args:
        ask: `Asker`.
        players: tuple of names of players.
        rate: float, the first rate of each.
        **settings: further arguments of `keras.optimizers.RMSprop`.

    Returns:
        Dict, arguments of `compile`: configs of optimizers.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> ask = Asker(object, keras_tuner.HyperParameters())
    >>> found = rms_props(ask, ("encoder",), 1e-3, rho=0.99)
    >>> found["encoder_optimizer"]["config"]
    {'learning_rate': 0.001, 'rho': 0.99}
    """
    return {
        f"{player}_optimizer": {
            "class_name": "RMSprop",
            "config": {
                "learning_rate": ask.log(f"{player}_rate", *RATES, rate),
                **settings,
            },
        }
        for player in players
        if f"{player}_optimizer" not in ask.fixed
    }


def adversarial_loss(ask, loss=None, penalized_loss=None):
    """Asks for `penalty`, `penalty_weight` and `loss`.

    With a penalty, the loss is called `penalized_loss` and may also be
    `"wasserstein"`. A class whose default loss is not a name keeps its loss.

    Args:
        ask: `Asker`.
        loss: str, the first loss of a search without a penalty. None for the
            default of the class.
        penalized_loss: str, the first loss of a search with a penalty. None
            for the default of the class.

    Returns:
        Dict, arguments of `compile`.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> class Model:
    ...     def compile(self, loss="wasserstein", penalty="r1"):
    ...         pass
    >>> adversarial_loss(Asker(Model, keras_tuner.HyperParameters()))
    {'loss': 'wasserstein', 'penalty': 'r1', 'penalty_weight': 10.0}
    """
    penalty = ask.choice("penalty", ["none", *PENALTIES])
    weight = ask.log(
        "penalty_weight",
        0.1,
        100.0,
        ask.defaults.get("penalty_weight") or PENALTY_WEIGHT,
        when=("penalty", PENALTIES),
    )
    found = {
        "penalty": None if penalty == "none" else penalty,
        "penalty_weight": weight,
    }
    own = ask.defaults["loss"]
    if own is inspect.Parameter.empty:
        own = LOSSES[0]
    if "loss" in ask.fixed or not isinstance(loss or own, str):
        return found
    if own == "wasserstein" and ask.defaults["penalty"] is not None:
        loss = loss or LOSSES[0]
    # Two names, because KerasTuner mixes up two values with one name.
    plain = ask.choice("loss", LOSSES, loss or own, when=NO_PENALTY)
    penalized = ask.choice(
        "penalized_loss",
        [*LOSSES, "wasserstein"],
        penalized_loss or own,
        unless=NO_PENALTY,
    )
    return {"loss": plain or penalized, **found}


def sizes(ask):
    """Asks for `filters` and `latent_dim`.

    Args:
        ask: `Asker`.

    Returns:
        Dict, arguments of a class with convolutional networks.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> class Model:
    ...     def __init__(self, filters=64, latent_dim=100):
    ...         pass
    >>> sizes(Asker(Model, keras_tuner.HyperParameters()))
    {'filters': 64, 'latent_dim': 100}
    """
    return {
        "filters": ask.choice("filters", FILTERS),
        "latent_dim": ask.choice("latent_dim", LATENT_DIMS),
    }


def average(ask, decays=(0.0, 0.99, 0.999)):
    """Asks for `ema_decay`, the decay of the generator's average.

    Args:
        ask: `Asker`.
        decays: list of floats to choose from. 0 means no average.

    Returns:
        Dict, arguments of `compile`.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> class Model:
    ...     def compile(self, ema_decay=None):
    ...         pass
    >>> average(Asker(Model, keras_tuner.HyperParameters()))
    {'ema_decay': None}
    """
    default = ask.defaults["ema_decay"] or 0.0
    decay = ask.choice("ema_decay", decays, default)
    return {"ema_decay": decay or None}


def discriminator_steps(ask):
    """Asks for `discriminator_steps`.

    The steps share the batch, so that all trials cost the same.

    Args:
        ask: `Asker`.

    Returns:
        Dict, arguments of `compile`.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> class Model:
    ...     def compile(self, discriminator_steps=1):
    ...         pass
    >>> discriminator_steps(Asker(Model, keras_tuner.HyperParameters()))
    {'discriminator_steps': 1}
    """
    return {"discriminator_steps": ask.choice("discriminator_steps", [1, 2])}


def discriminator_normalization(ask):
    """Asks for `normalization` of the discriminator's layers or kernels.

    With a penalty, it is called `penalized_normalization` and has `"layer"`
    instead of `"batch"`: a penalty looks at single images, and batch
    normalization mixes the images of a batch.

    Args:
        ask: `Asker`.

    Returns:
        Dict, arguments of a class with a convolutional discriminator.

    Example:

    >>> import keras_tuner
    >>> from keras_gan_zoo.families.asker import Asker
    >>> class Model:
    ...     def __init__(self, discriminator_normalization="batch"):
    ...         pass
    >>> ask = Asker(Model, keras_tuner.HyperParameters(), {"penalty": "r1"})
    >>> discriminator_normalization(ask)
    {'discriminator_normalization': 'layer', 'spectral_normalization': False}
    """
    arguments = "discriminator_normalization", "spectral_normalization"
    if any(name in ask.fixed for name in arguments):
        return {}
    plain = ask.choice(
        "normalization",
        ["batch", "spectral"],
        ask.defaults["discriminator_normalization"] or "none",
        when=NO_PENALTY,
    )
    penalized = ask.choice(
        "penalized_normalization",
        ["layer", "spectral", "none"],
        "layer",
        unless=NO_PENALTY,
    )
    kind = plain or penalized
    layer = None if kind in ("spectral", "none") else kind
    return dict(zip(arguments, (layer, kind == "spectral")))
