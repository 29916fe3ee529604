"""`describe`: says what is in a model file."""

from keras_gan_zoo_cli import control_flags, flags, sources


def add_parser(commands):
    parser = commands.add_parser("describe", help="say what is in a file")
    flags.add_file(parser)
    parser.set_defaults(command=describe)
    return parser


def describe(options):
    """Prints class, settings, networks and controls."""
    gan = sources.model(options.file, compile=True)
    print(type(gan).__name__)
    print(type(gan).__doc__.splitlines()[0])
    print(f"steps trained: {int(gan.steps)}")
    for name, value in gan.get_config().items():
        print(f"  {name} = {_short(value)}")
    for player, networks in gan.players().items():
        for network in networks:
            print(
                f"{player}: {network.name}, {network.count_params():,} weights"
            )
    if gan.compiled:
        print("compiled with")
        for name, value in gan.get_compile_config().items():
            print(f"  {name} = {_short(value)}")
    print(f"used by: keras-gan-zoo {gan.verb}")
    for flag, control in zip(control_flags.flags_of(gan), gan.controls):
        print(f"  {flag}: {control.help}")


def _short(value):
    """A config's value in a line: a serialized object by its class."""
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    if isinstance(value, dict) and "class_name" in value:
        inner = value["config"]
        if not isinstance(inner, dict):
            return inner
        inner = ", ".join(f"{k}={v!r}" for k, v in inner.items())
        return f"{value['class_name']}({inner})"
    return repr(value)
