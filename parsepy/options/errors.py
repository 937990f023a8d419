"""What option loading raises."""


class OptionsError(ValueError):
    """An option has a wrong type or value; `str(error)` is one line for the person who set it."""
