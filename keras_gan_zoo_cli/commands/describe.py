"""`describe`: prints what a model file or a preset is."""

from keras_gan_zoo_cli import control_flags, flags, sources


def add_parser(commands):
    parser = commands.add_parser(
        "describe", help="say what is in a file, or what a pretrained model is"
    )
    flags.add_file(parser)
    parser.set_defaults(command=describe)
    return parser


def describe(options):
    """Prints class, settings, networks and controls."""
    card = sources.card(options.file)
    # A card is read at once. A file is loaded.
    if card is None or "players" not in card:
        card = {**_loaded(options.file), **(card or {})}
    print(card["class"])
    print(_title(card["class"]))
    for name in ("description", "data", "licence"):
        if name in card:
            print(f"{name}: {card[name]}")
    print(f"steps trained: {card['steps']}")
    _print_settings(card["config"])
    for player, networks in card["players"].items():
        for network, num in networks.items():
            print(f"{player}: {network}, {num:,} weights")
    if card["compile"]:
        print("compiled with")
        _print_settings(card["compile"])
    print(f"used by: keras-gan-zoo {card['verb']}")
    for flag, control in zip(control_flags.flags_on(card), card["controls"]):
        print(f"  {flag}: {control['help']}")
    if "command" in card:
        print(f"trained by: {card['command']}")
        print(f"again: keras-gan-zoo train {options.file} --out DIR")


def _loaded(file):
    """Returns the content of a card for the model in a file."""
    from keras_gan_zoo.files import presets

    gan = sources.model(file, compile=True)
    return {
        "class": type(gan).__name__,
        "steps": int(gan.steps),
        **presets.configuration(gan),
        **presets.description(gan),
    }


def _title(class_name):
    """Returns the first line of a class's documentation."""
    from keras_gan_zoo.files import registry

    known = registry.of_class(class_name)
    return known.title if known else "an architecture of your own"


def _print_settings(settings):
    for name, value in settings.items():
        print(f"  {name} = {_short(value)}")


def _short(value):
    """Shortens a value to one line: a serialized object to its class."""
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    if isinstance(value, dict) and "class_name" in value:
        inner = value["config"]
        if not isinstance(inner, dict):
            return str(inner)
        given = {k: v for k, v in inner.items() if v is not None}
        inner = ", ".join(f"{k}={_short(v)}" for k, v in given.items())
        return f"{value['class_name']}({inner})"
    return repr(value)
