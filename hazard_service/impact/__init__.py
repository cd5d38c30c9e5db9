"""Frames and minutes in; exposure, freedom of movement, gains and roll-ups out."""
