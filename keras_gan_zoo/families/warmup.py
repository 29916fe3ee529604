"""Steps of the generator before which the discriminator steps more often."""


class Warmup:
    """Says in which steps of `fit` the generator takes a step.

    Some steps of the generator have a warm-up: the discriminator steps `length`
    times for them, in several steps of `fit`. These are the first steps of the
    generator, and each whose number, counted from 0, is a multiple of `every`.
    The others take one step of `fit`.

    Args:
        discriminator_steps: int, steps of the discriminator in a step of
            `fit`.
        first: int, first steps of the generator that have a warm-up.
        every: int, or None for no warm-up after the first ones.
        length: int, steps of the discriminator for a step of the generator
            with a warm-up. A multiple of `discriminator_steps`.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> warmup = Warmup(discriminator_steps=5, first=1, every=2, length=15)
    >>> [warmup.generator_is_due(step) for step in range(8)]
    [False, False, True, True, False, False, True, True]
    """

    def __init__(self, discriminator_steps, first, every, length):
        for name, value, least in (
            ("warmup_steps", first, 0),
            ("warmup_every", 1 if every is None else every, 1),
            ("warmup_length", length, 1),
        ):
            if value < least or value % 1:
                raise ValueError(
                    f"Expected {name} as a whole number of at least {least}. "
                    f"Received: {name}={value}"
                )
        self.first = first
        self.every = every
        #: Steps of `fit` for a step of the generator with a warm-up.
        self.calls = 1
        if not first and every is None:
            return
        self.calls, rest = divmod(length, discriminator_steps)
        if rest or not self.calls:
            nearest = max(self.calls, 1) * discriminator_steps
            raise ValueError(
                "A step of fit takes discriminator_steps steps of the "
                "discriminator. Expected warmup_length as a multiple of "
                f"discriminator_steps={discriminator_steps}, e.g. {nearest}. "
                f"Received: warmup_length={length}. For no warm-up, pass "
                "warmup_steps=0 and warmup_every=None."
            )

    def check_steps_per_execution(self, steps_per_execution):
        """Checks an argument of `compile`.

        Args:
            steps_per_execution: int.

        Raises:
            ValueError: if one execution would need steps of several kinds.
        """
        if self.calls > 1 and steps_per_execution != 1:
            raise ValueError(
                "Steps of fit with and without a step of the generator are "
                "compiled separately. Expected steps_per_execution=1 or no "
                "warm-up (warmup_steps=0, warmup_every=None). "
                f"Received: steps_per_execution={steps_per_execution}"
            )

    def generator_is_due(self, step):
        """Says whether the generator takes a step in a step of `fit`.

        Args:
            step: int, number of steps of `fit` before this one.
        """
        if step < self.first * self.calls:
            return (step + 1) % self.calls == 0
        if self.every is None:
            return True
        later = step - self.first * self.calls
        # Steps of the generator until the next multiple of `every`.
        plain = -self.first % self.every
        if later < plain:
            return True
        period = self.calls + self.every - 1
        return (later - plain) % period >= self.calls - 1
