"""`python -m parsepy.testing serve`"""

import sys

from parsepy.options.errors import OptionsError
from parsepy.testing.server import run


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["serve"]):
        print("usage: python -m parsepy.testing serve", file=sys.stderr)  # noqa: T201
        return 2
    try:
        run()
    except OptionsError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
