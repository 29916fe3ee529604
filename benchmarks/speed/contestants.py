"""Contestants, each in a process of its own, that run when they are told to.

Processes of their own, as TensorFlow and PyTorch bring a pool of threads
each, which would stand in each other's way in one; and so that the peak
memory of a process belongs to one contestant. All are started with the same
processors at their disposal and sleep while another one is measured.
"""

import contextlib
import multiprocessing
import os
import resource
import sys
import time
import traceback

from rows import ROWS

PRODUCT_SIDE = 2048


class Contestant:
    """A way to train one row.

    Attributes:
        block: int, `run` takes multiples of it.
    """

    block = 1

    def run(self, steps):
        """Takes so many training steps."""
        raise NotImplementedError

    def parameters(self):
        """How many numbers the players train: a dict, or None for none."""
        return None

    def flops(self):
        """Floating point operations of one step, or None if not counted."""
        return None

    def timed(self, steps):
        """Takes the steps.

        Returns:
            Seconds per step, and seconds of all processors per step.
        """
        began, processors_began = time.perf_counter(), time.process_time()
        self.run(steps)
        spent = time.process_time() - processors_began
        return (time.perf_counter() - began) / steps, spent / steps

    def steps_in(self, seconds):
        """Compiles, runs in, and returns how many steps take that long."""
        self.run(self.block)
        blocks = 1
        for _ in range(2):  # what a single block tells is little
            per_step, _ = self.timed(blocks * self.block)
            blocks = max(1, round(seconds / (per_step * self.block)))
        return blocks * self.block

    def peak(self):
        """Peak resident memory of this process so far, MiB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Fitted(Contestant):
    """A compiled `keras.Model` under `fit`.

    Args:
        model: the model.
        row: the row.
        players: dict of player to a list of its trainable variables.
    """

    def __init__(self, model, row, players):
        self.model = model
        self.row = row
        self.players = players
        self.data = row.batches()
        self.block = model.steps_per_execution

    def run(self, steps):
        self.model.fit(
            self.data, steps_per_epoch=steps, verbose=0, shuffle=False
        )

    def parameters(self):
        return {
            name: sum(v.value.shape.num_elements() for v in variables)
            for name, variables in self.players.items()
        }

    def flops(self):
        import counting

        return counting.flops_of_step(self.model, self.data)

    def peaks_of_epochs(self, steps, epochs=10):
        """The peak after each of some epochs of one `fit`, MiB.

        Args:
            steps: int, at least so many are in an epoch.
            epochs: int.
        """
        import keras

        peaks = []
        steps = -(-steps // self.block) * self.block
        note = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: peaks.append(self.peak())
        )
        self.model.fit(
            self.data,
            epochs=epochs,
            steps_per_epoch=steps,
            verbose=0,
            callbacks=[note],
        )
        return peaks


class Products(Contestant):
    """Matrix products: what the machine can do at most.

    Args:
        dtype: `"float32"` or `"bfloat16"`.
    """

    def __init__(self, dtype):
        import tensorflow as tf

        side = (PRODUCT_SIDE, PRODUCT_SIDE)
        self.matrix = tf.cast(tf.random.normal(side), dtype)
        self.product = tf.function(lambda x: tf.linalg.matmul(x, x))

    def run(self, steps):
        for _ in range(steps):
            self.product(self.matrix).numpy()

    def flops(self):
        return 2 * PRODUCT_SIDE**3


def _zoo(row, dtype):
    gan = row.gan(dtype)
    # Shares one evaluation, as the other ways do; the default does not.
    gan.compile(
        updates="simultaneous",
        steps_per_execution=row.steps_per_execution,
        **row.settings,
    )
    players = {name: gan.variables_of(name) for name in gan.players()}
    return Fitted(gan, row, players)


def _tutorial(row, dtype):
    import tutorial

    gan = row.gan(dtype)
    players = {name: gan.variables_of(name) for name in gan.players()}
    return Fitted(tutorial.model(gan), row, players)


def _stacked(row, dtype):
    import stacked

    return stacked.contestant(row, dtype)


def _torch(row, dtype):
    import torch_training

    return torch_training.contestant(row, dtype)


#: The first is ours; the others are what it is compared with.
CONTESTANTS = {
    "zoo": _zoo,
    "tutorial": _tutorial,
    "stacked": _stacked,
    "torch": _torch,
}


def _made(kind, row_name, dtype):
    if kind == "products":
        return Products("bfloat16" if "bfloat16" in dtype else "float32")
    return CONTESTANTS[kind](ROWS[row_name], dtype)


def _serve(connection, *what):
    # What TensorFlow says while it starts would stand in the progress bar.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    try:
        contestant = _made(*what)
        for method, arguments in iter(connection.recv, None):
            connection.send((getattr(contestant, method)(*arguments), None))
    except Exception:
        connection.send((None, traceback.format_exc()))


class Remote:
    """A contestant in another process: `remote("timed", 10)`.

    Args:
        kind: a name of `CONTESTANTS`, or `"products"`.
        row_name: a name of `ROWS`, or None.
        dtype: dtype policy of the networks.
    """

    def __init__(self, kind, row_name, dtype):
        context = multiprocessing.get_context("spawn")
        self.kind = kind
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, kind, row_name, dtype), daemon=True
        )
        self.process.start()
        theirs.close()

    def ask(self, method, *arguments):
        """Has it call a method; `answer` waits for the result."""
        with contextlib.suppress(BrokenPipeError):  # `answer` will tell
            self.connection.send((method, arguments))

    def answer(self):
        """What it returned; ends the program if it failed."""
        try:
            answer, error = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            error = f"Its exit code is {self.process.exitcode}."
        if error is not None:
            raise SystemExit(f"The process of {self.kind} has ended. {error}")
        return answer

    def __call__(self, method, *arguments):
        self.ask(method, *arguments)
        return self.answer()

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.connection.send(None)
        self.process.join()


def processors():
    """How many processors this process and those it starts may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()
