"""MongoDB's pipelines over documents in stored form, for a store that has none of its own."""

from parsepy.aggregation.evaluate.pipeline import Collections, Evaluation, compile_pipeline

__all__ = ["Collections", "Evaluation", "compile_pipeline"]
