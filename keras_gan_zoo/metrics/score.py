"""A score that carries what it depends on."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Score:
    """The values of a metric and everything that they depend on.

    Numbers of one metric are comparable only if the features, the settings,
    the real images and the numbers of images are the same (the Fréchet
    distance, for one, falls with the number of images alone): a `Score`
    refuses to be compared to another kind.

    Attributes:
        metric: name of the metric's class.
        values: dict of names to floats, as `metric.result()`. The first is
            the one that `better_than` looks at.
        direction: `"down"` if a lower first value is better, `"up"` if a
            higher one is.
        extractor: name of the feature extractor. Where it resizes images,
            the name has the way: `"inception:legacy"`.
        num_real: int, how many real images were seen.
        num_fake: int, how many generated images were seen.
        seed: int, the metric's seed.
        settings: dict of the metric's other arguments.
        real_set: hash of the content of the real images, None without them.
        intervals: dict of names to `(low, high)`, 95 % confidence intervals
            of the values that have them; empty if they were not asked for.

    Example:

    >>> score = Score(
    ...     "InceptionScore", {"inception_score": 7.5}, "up",
    ...     "inception_softmax:legacy", num_real=0, num_fake=5000, seed=0,
    ...     settings={"splits": 10},
    ... )
    >>> print(score)
    inception_score 7.5 (InceptionScore, extractor inception_softmax:legacy, \
0 real and 5000 generated images, seed 0)
    """

    metric: str
    values: dict
    direction: str
    extractor: str
    num_real: int
    num_fake: int
    seed: int
    settings: dict
    real_set: str | None = None
    intervals: dict = dataclasses.field(default_factory=dict)

    def better_than(self, other):
        """Whether this score is better than `other`.

        Raises:
            ValueError: if the two are not comparable.
        """
        for what in (
            "metric",
            "extractor",
            "settings",
            "real_set",
            "num_real",
            "num_fake",
        ):
            mine, its = getattr(self, what), getattr(other, what)
            if mine != its:
                raise ValueError(
                    f"These scores cannot be compared. Expected the same "
                    f"{what}. Received: {mine!r} and {its!r}. Compute both "
                    "with one metric, on the same real images and on as many "
                    "generated ones."
                )
        name = next(iter(self.values))
        mine, its = self.values[name], other.values[name]
        return mine < its if self.direction == "down" else mine > its

    def __str__(self):
        values = ", ".join(f"{k} {v:.6g}" for k, v in self.values.items())
        return (
            f"{values} ({self.metric}, extractor {self.extractor}, "
            f"{self.num_real} real and {self.num_fake} generated images, "
            f"seed {self.seed})"
        )
