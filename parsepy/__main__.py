"""`python -m parsepy` is the command `parsepy`."""

from parsepy.cli.main import main

if __name__ == "__main__":
    main()
