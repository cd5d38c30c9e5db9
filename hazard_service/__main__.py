"""`python -m hazard_service`: the terminal verbs where the script folder is not on the path."""

from hazard_service.cli import main

main(prog_name="hazard-service")
