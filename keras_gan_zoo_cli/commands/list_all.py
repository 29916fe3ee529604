"""`list`: names the architectures and the pretrained models."""


def add_parser(commands):
    parser = commands.add_parser(
        "list", help="list the architectures and the pretrained models"
    )
    parser.set_defaults(command=list_all)
    return parser


def list_all(options):
    """Prints all names, each with a line about it."""
    from keras_gan_zoo.files import cards, registry

    for name, known in registry.architectures().items():
        print(f"{name:24} {known.class_name}: {known.summary}")
    print("\nPretrained, in place of a FILE:")
    for name, card in cards.list_presets().items():
        print(f"{name:24} {card['description']}")
