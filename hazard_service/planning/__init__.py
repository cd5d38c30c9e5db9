"""What releasing each hazard, or a set of them, would give back."""
