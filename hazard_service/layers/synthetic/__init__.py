"""A fictional mine action programme, made from a seed: the sample, and programmes like it for tries."""

from hazard_service.layers.synthetic.write import write_synthetic

__all__ = ["write_synthetic"]
