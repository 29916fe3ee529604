"""How fast, compared with other ways to train GANs in Keras today.

    python benchmarks/speed
    python benchmarks/speed --rows dcgan_28 --repeats 3 --seconds 2

For each row, an architecture at its standard size: images per second of our
`fit`, of a step as the tutorials of keras.io write it, of the freeze-and-stack
loop of older Keras zoos and of plain PyTorch, where it is installed, all with
the same networks; then memory and start-up. How to read it and what was found:
benchmarks/README.md. Prints Markdown, and on standard error how far it is.
"""

import argparse
import importlib.metadata
import importlib.util
import os
import platform

import measuring
import startup
import tqdm
from contestants import CONTESTANTS, processors
from rows import ROWS

STARTUP = "startup"
OURS, *OTHERS = CONTESTANTS
TITLES = ("`fit`", "tutorial", "freeze and stack", "PyTorch")


def parsed():
    parser = argparse.ArgumentParser(
        prog="python benchmarks/speed", description=__doc__.splitlines()[0]
    )
    names = [*ROWS, STARTUP]
    parser.add_argument("--rows", nargs="+", choices=names, default=names)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=5, help="of each measurement"
    )
    parser.add_argument("--dtype", default="float32")
    return parser.parse_args()


def machine(options):
    """A line on what it runs on."""
    names = ("tensorflow", "keras", "torch")
    installed = [n for n in names if importlib.util.find_spec(n)]
    versions = [f"{n} {importlib.metadata.version(n)}" for n in installed]
    load, _, _ = os.getloadavg()
    return (
        f"{processors()} processors ({platform.machine()}), "
        f"{', '.join(versions)}, {options.dtype}; {options.repeats} repeats "
        f"of {options.seconds:g} s each; load before: {load:.1f}"
    )


def progress(description, total):
    """A bar, and a function that moves it on and says what is done next."""
    bar = tqdm.tqdm(total=total, desc=description, leave=False)

    def tick(doing=""):
        bar.set_postfix_str(doing)
        bar.update()

    return bar, tick


def printed(*columns):
    """Prints a line of a table; None is a dash."""
    cells = ["-" if column is None else str(column) for column in columns]
    print("| " + " | ".join(cells) + " |", flush=True)


def printed_head(*columns):
    print()
    printed(*columns)
    printed(*["---"] * len(columns))


def several(numbers, form="{:,.1f}", bold=None):
    """A cell for each contestant that may be missing, next to ours.

    Args:
        numbers: dict by contestant.
        form: how a number is written.
        bold: another dict, the ratio that follows it; or None.
    """
    for kind in OTHERS:
        number = numbers.get(kind)
        if number is None:
            yield None
        else:
            cell = form.format(number)
            yield f"{cell} (**{bold[kind]:.2f}**)" if bold else cell


def speed_head():
    steps = "steps per execution"
    printed_head("images per second", "batch", steps, *TITLES)


def speed_line(name, found):
    row = ROWS[name]
    printed(
        name,
        row.batch_size,
        row.steps_per_execution,
        f"{found.speed[OURS]:,.1f}",
        *several(found.speed, bold=found.ratio),
    )


def print_work(findings):
    """Operations and processor time per image, and what of them is used."""
    printed_head("processor time per image, ms", *TITLES)
    for name, found in findings.items():
        spent = {k: 1e3 * t for k, t in found.processors.items()}
        others = several(spent, "{:,.2f}", found.processors_ratio)
        printed(name, f"{spent[OURS]:,.2f}", *others)
    reached = "GFLOP/s reached", "percent of products"
    printed_head("GFLOP per image", *TITLES, *reached)
    for name, found in findings.items():
        work = {k: f and f / 1e9 for k, f in found.flops.items()}
        rate = found.speed[OURS] * found.flops[OURS]
        printed(
            name,
            f"{work[OURS]:.3g}",
            *several(work, "{:.3g}"),
            f"{rate / 1e9:.0f}",
            f"{rate / found.products:.0%} of {found.products / 1e9:.0f}",
        )


def print_memory(findings):
    epochs = "`fit` after epoch 1", "after epoch 10"
    printed_head("peak memory, MiB", *TITLES, *epochs)
    for name, found in findings.items():
        others = several(found.peak, "{:,.0f}")
        ours = [f"{p:,.0f}" for p in (found.peaks[0], found.peaks[-1])]
        printed(name, f"{found.peak[OURS]:,.0f}", *others, *ours)


def print_startup(repeats):
    bar, tick = progress(STARTUP, repeats * len(startup.STARTS))
    with bar:
        seconds = startup.measure(repeats, tick)
    first = next(iter(seconds.values()))
    printed_head("start-up", "seconds", "compared with `import keras`")
    for name, found in seconds.items():
        printed(name, f"{found:.2f}", f"{found / first:.2f}")


def main():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = parsed()
    print(machine(options))
    names = [name for name in options.rows if name != STARTUP]
    findings = {}
    if names:
        speed_head()
    for name in names:
        bar, tick = progress(name, measuring.num_ticks(name, options.repeats))
        with bar:
            findings[name] = measuring.measure(name, options, tick)
        speed_line(name, findings[name])
    if findings:
        print_work(findings)
        print_memory(findings)
    if STARTUP in options.rows:
        print_startup(options.repeats)


if __name__ == "__main__":
    main()
