"""Assessments in; tables in the terminal and files to carry away out."""
