"""The search for latents whose images fit: many starts, and steps of Adam."""

import typing
import weakref

import keras
import numpy as np
import tqdm
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.control import conditions

#: Images that are drawn for each target, to begin with the best of them.
CANDIDATES = 64
#: Compiled searches that are kept for a model.
MACHINES = 4


class Goal(typing.NamedTuple):
    """Says what the images shall be like.

    Attributes:
        targets: float32 array `(num, height, width, channels)`.
        weights: float32 array `(num, height, width, 1)` of the pixels.
        distance: one of `control.distances`.
        pull: float, weight of the distance of latents from the mean of the
            prior, where the prior has one.
        realism: float, weight of `doubts`.
    """

    targets: np.ndarray
    weights: np.ndarray
    distance: typing.Any
    pull: float = 0.0
    realism: float = 0.0


class Schedule(typing.NamedTuple):
    """Says how long and how fast latents move.

    Attributes:
        starts: int, latents for each target.
        steps: int, steps of Adam.
        learning_rate: float, the highest rate, in standard deviations.
        seed: int, seed of all that is drawn.
        verbose: 0 or 1, whether to show a progress bar.
    """

    starts: int
    steps: int
    learning_rate: float
    seed: int
    verbose: int

    def check(self):
        """Raises a `ValueError` if a number is out of range."""
        if min(self.starts, self.steps) < 1 or not self.learning_rate > 0:
            raise ValueError(
                "A search has starts and steps. Expected starts and steps of "
                "at least 1, and a positive learning_rate. Received: "
                f"starts={self.starts}, steps={self.steps}, "
                f"learning_rate={self.learning_rate}"
            )

    def rate(self, step):
        """Returns the rate of a step (Karras et al., 2020, appendix D).

        It rises during the first 5 % of the steps and falls during the last
        25 %, as half a wave of the cosine.

        Args:
            step: int, from 0 on.
        """
        part = step / self.steps
        falling = 0.5 - 0.5 * np.cos(np.pi * min(1, (1 - part) / 0.25))
        rising = min(1, (step + 1) / (0.05 * self.steps))
        return self.learning_rate * rising * falling


class Found(typing.NamedTuple):
    """The latents that a search has found, those of the best start.

    Attributes:
        latents: array `(num, ...)`.
        condition: dict of what else the images were drawn with, see
            `control.conditions`.
        losses: array `(num, starts)`, the loss of each start.
    """

    latents: np.ndarray
    condition: dict
    losses: np.ndarray


def search(gan, space, goal, known, schedule):
    """Finds latents whose images fit.

    Args:
        gan: a latent model of images.
        space: one of `control.spaces`, in which to search.
        goal: `Goal`.
        known: `conditions.Given`, the labels and codes that are fixed.
        schedule: `Schedule`.

    Returns:
        `Found`.
    """
    num = len(goal.targets)
    together = min(num, max(1, goal.distance.rows_at_once // schedule.starts))
    parts = []
    with tqdm.tqdm(
        total=-(-num // together) * schedule.steps,
        unit="step",
        disable=not schedule.verbose,
    ) as bar:
        for first in range(0, num, together):
            # The last part has the size of the others: nothing is compiled.
            places = np.arange(first, first + together) % num
            part = _search_some(gan, space, goal, known, schedule, places, bar)
            left = slice(min(together, num - first))
            parts.append(keras.tree.map_structure(lambda a: a[left], part))
    return keras.tree.map_structure(lambda *a: np.concatenate(a), *parts)


def _search_some(gan, space, goal, known, schedule, places, bar):
    """Searches for some targets at the same time, in a batch."""
    num = schedule.starts
    begun = [
        _begin(gan, space, goal, known, place, schedule) for place in places
    ]
    latents, condition, means, deviations = keras.tree.map_structure(
        lambda *arrays: np.concatenate(arrays), *begun
    )
    targets, weights = (
        np.repeat(array[places], num, axis=0)
        for array in (goal.targets, goal.weights)
    )
    rows = len(latents)
    machine = _machine(gan, space, goal, rows)
    arguments = _tensors(
        (
            goal.distance.prepare(ops.convert_to_tensor(targets)),
            weights,
            conditions.inputs(gan, condition, rows),
            means,
            deviations,
            np.float32(goal.pull if space.pulls else 0),
            np.float32(goal.realism),
        )
    )
    machine.begin(latents)
    for step in range(schedule.steps):
        # All starts have the same scale of latents, or nearly.
        machine.adam.learning_rate = schedule.rate(step) * deviations.mean()
        machine.step(*arguments)
        bar.update()
    losses = machine.losses(*arguments).reshape(-1, num)
    best = losses.argmin(axis=1) + num * np.arange(len(places))
    latents = ops.convert_to_numpy(machine.latents.value)
    return Found(latents[best], conditions.taken(condition, best), losses)


def _tensors(nest):
    return keras.tree.map_structure(ops.convert_to_tensor, nest)


def _begin(gan, space, goal, known, place, schedule):
    """Draws many images and returns the latents of those that fit best.

    Returns:
        Four values with a row for each start: latents, condition, and the
        mean and the standard deviation of latents.
    """
    rng = np.random.default_rng([schedule.seed, place])
    num = max(CANDIDATES, 4 * schedule.starts)
    if known.labels is None and (classes := getattr(gan, "num_classes", None)):
        num = max(num, 4 * classes)
    condition = conditions.candidates(gan, known, place, num, rng)
    latents, mean, deviation = space.candidates(num, condition, rng)
    images = space.images(latents, condition)
    differences = np.abs(images - goal.targets[place]) * goal.weights[place]
    order = differences.mean(axis=(1, 2, 3)).argsort(kind="stable")
    labels = condition.get("labels")
    if labels is not None:  # a start in each class comes first
        _, firsts = np.unique(labels[order], return_index=True)
        others = np.delete(order, np.sort(firsts))
        order = np.concatenate([order[np.sort(firsts)], others])
    if space.begins_at_mean:
        order = np.concatenate([[0], order[order != 0]])
    best = order[: schedule.starts]
    return (
        latents[best],
        conditions.taken(condition, best),
        np.repeat(mean[None], len(best), axis=0),
        np.repeat(deviation, len(best)),
    )


class _Machine:
    """Latents, their optimizer, and the compiled functions of a search.

    Args:
        gan: the model. It is not kept alive.
        space: the space of the latents.
        distance: one of `control.distances`.
        rows: int, number of latents.
        realistic: bool, whether the discriminator has a say.
    """

    def __init__(self, gan, space, distance, rows, realistic):
        self.network = gan.best("generator")  # of which it is the machine
        self.latents = keras.Variable(np.zeros((rows, *space.shape), "float32"))
        self.adam = keras.optimizers.Adam(1.0)
        self.adam.build([self.latents])
        draw, hold, gan_ = space.network(), space.hold, weakref.proxy(gan)

        def look(arguments, clipped=True):
            targets, weights, inputs, means, deviations, pull, realism = (
                arguments
            )
            images = draw(ops.convert_to_tensor(self.latents), inputs)
            images = ops.cast(images, "float32")
            if clipped:  # as in `generate`; but what is clipped cannot learn
                images = ops.clip(images, -1, 1)
            found = distance.rows(images, targets, weights)
            far = (self.latents - means) / _shaped(deviations, means)
            far = ops.reshape(ops.square(far), (rows, -1))
            found = found + pull * ops.mean(far, axis=1)
            if realistic:
                labels = [i for i in inputs if hasattr(gan_, "num_classes")]
                found = found + realism * doubts(gan_, images, labels)
            return found

        def step(*arguments):
            def losses():
                found = look(arguments, clipped=False)
                return {"latents": ops.sum(found)}, found

            found = engine.minimize(
                losses, {"latents": ([self.latents], self.adam)}
            )
            self.latents.assign(hold(ops.convert_to_tensor(self.latents)))
            return found

        state = [self.latents, *self.adam.variables]
        frozen = [*gan.variables, *distance.variables()]
        self.step = engine.compiled(step, state, frozen)
        self._look = engine.compiled(
            lambda *arguments: look(arguments), [], [self.latents, *frozen]
        )

    def begin(self, latents):
        """Sets the latents, and Adam as if it had taken no step."""
        self.latents.assign(latents)
        for variable in self.adam.variables:
            variable.assign(ops.zeros_like(variable.value))

    def losses(self, *arguments):
        """Returns the loss of each of the latents, a numpy array `(rows,)`."""
        found = self._look(*arguments)
        return ops.convert_to_numpy(ops.stop_gradient(found))


# A model that nobody else uses goes, and its machines with it.
_machines = weakref.WeakKeyDictionary()


def _machine(gan, space, goal, rows):
    """Returns the machine of earlier calls, if there is one that fits."""
    known = _machines.setdefault(gan, {})
    stage = gan.stage_of(None) if hasattr(gan, "stage_of") else None
    key = (type(space), goal.distance, rows, goal.realism > 0, stage)
    found = known.get(key)
    if found is None or found.network is not gan.best("generator"):
        # Those of other numbers of pictures would fill the memory.
        while len(known) >= MACHINES:
            del known[next(iter(known))]
        found = _Machine(gan, space, goal.distance, rows, goal.realism > 0)
        known[key] = found
    return found


def _shaped(deviations, means):
    return ops.reshape(deviations, (-1, *[1] * (len(means.shape) - 1)))


def doubts(gan, images, labels):
    """Returns -log D of each image: how little the discriminator believes it.

    This is the generator's loss that does not saturate. The discriminator
    runs as it does outside of training, without augmentation.

    Args:
        gan: a latent model.
        images: tensor `(num, height, width, channels)`.
        labels: list of the one-hot labels, or an empty list.

    Returns:
        Tensor `(num,)`. Images that are judged in packs share the mean.
    """
    network, stage = gan.discriminator, {}
    given = [gan.judged(images), *gan.judged_with(images), *labels]
    if hasattr(gan, "stage_of"):
        number, alpha = gan.stage_of(None)
        given.append(ops.convert_to_tensor(alpha, "float32"))
        stage = {"stage": number}
    else:  # some that classify images take no labels
        given = given[: len(network.inputs)]
    found = network(
        given if len(given) > 1 else given[0], training=False, **stage
    )
    found = ops.softplus(-ops.cast(gan.real_logits(found), "float32"))
    found = ops.mean(ops.reshape(found, (found.shape[0], -1)), axis=1)
    num = images.shape[0]
    return (
        found
        if found.shape[0] == num
        else ops.mean(found) + 0 * images[:, 0, 0, 0]
    )
