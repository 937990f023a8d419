"""How a step can end badly."""


class StepFailedError(Exception):
    """The server did not answer as the SDK needs; the text says how."""
