"""The control of `AdaptiveAugment` by the logits of real images."""

from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.layers import AdaptiveAugment

#: The player whose networks are looked at.
PLAYER = "discriminator"


def adaptive_layers(model):
    """Returns the list of the adaptive layers of the discriminator.

    Args:
        model: `GAN`.
    """
    return [
        layer
        for network in model.players().get(PLAYER, ())
        for layer in keras_private.layers_of(network)
        if isinstance(layer, AdaptiveAugment)
    ]


def log_names(model):
    """Returns the names of the logs of the control, none without a layer.

    Args:
        model: `GAN`.
    """
    return ("ada_p", "real_sign") if model.is_adaptive else ()


def real_signs(model, found, players):
    """Returns what the control needs to know of a batch.

    The sign of a logit is positive above the `boundary` of the loss. If the
    loss does not fix it, it is halfway between the mean logits of real and
    generated images. (The paper has only losses whose boundary is 0.)

    Args:
        model: `GAN`.
        found: `Losses`.
        players: names of the players that take a step.

    Returns:
        Two scalars: the mean sign of the logits of real images and the number
        of real images, both on all replicas. An empty tuple if there is
        nothing to control.
    """
    if PLAYER not in players or not found.pairs or not model.is_adaptive:
        return ()
    signs = [_mean_sign(model.loss, *logits) for _, _, *logits in found.pairs]
    num = ops.cast(ops.shape(found.pairs[0][0])[0], "float32")
    sign = engine.replica_mean(sum(signs) / len(signs))
    return sign, num * engine.num_replicas()


def _mean_sign(loss, *logits):
    real, fake = (ops.stop_gradient(ops.cast(x, "float32")) for x in logits)
    boundary = getattr(loss, "boundary", 0.0)
    if boundary is None:
        means = engine.replica_mean(ops.mean(real) + ops.mean(fake))
        boundary = 0.5 * means
    return ops.mean(ops.sign(real - boundary))


def adjust(model, signs):
    """Adjusts the probability of all adaptive layers after a step.

    Args:
        model: `GAN`.
        signs: what `real_signs` returned.
    """
    if signs:
        for layer in adaptive_layers(model):
            layer.adjust(*signs)


def logs(model, signs):
    """Returns the logs of the control, a dict, empty without a layer.

    Args:
        model: `GAN`.
        signs: what `real_signs` returned.
    """
    if not signs:
        return {}
    first = adaptive_layers(model)[0]
    return {"ada_p": ops.convert_to_tensor(first.p), "real_sign": signs[0]}
