"""What parsepy loads. Importing a module registers what is in it."""

from . import functions, jobs, triggers

__all__ = ["functions", "jobs", "triggers"]
