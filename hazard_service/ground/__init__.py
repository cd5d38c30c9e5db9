"""Frames and rasters become a walking grid: friction, closed moves, start cells."""
