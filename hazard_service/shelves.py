"""Where the two content shelves lie: beside the code in a checkout, inside the package in a wheel."""

from pathlib import Path

from hazard_service.errors import ShelfError

_PACKAGE = Path(__file__).resolve().parent


def shelf(name: str) -> Path:
    """Folder of the shelf `name` ("geodata" or "maps"). Raises ShelfError where neither place has it."""
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise ShelfError(
        f"The {name} shelf is missing beside {_PACKAGE.name}; install the package again, or run from a full checkout."
    )


def sample_folder() -> Path:
    """The fictional sample programme."""
    return shelf("geodata") / "sample"
