"""The content shelves are found from a checkout, an editable install and a wheel."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from hazard_service import shelves
from hazard_service.errors import ShelfError

ROOT = Path(__file__).resolve().parents[1]
FIND = "from hazard_service.shelves import sample_folder, shelf; print(sample_folder()); print(shelf('maps'))"


def test_from_a_checkout():
    assert shelves.shelf("geodata") == ROOT / "geodata"
    assert (shelves.sample_folder() / "programme.toml").is_file()
    assert (shelves.shelf("geodata") / "schemes" / "lis.toml").is_file()
    assert shelves.shelf("maps").is_dir()


def test_a_missing_shelf_says_what_to_do():
    with pytest.raises(ShelfError, match=r"^The attic shelf is missing beside .*; install the package again"):
        shelves.shelf("attic")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of what git tracks, so that no stray file travels in it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_puts_only_hazard_service_into_site_packages(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"hazard_service"}
    assert "hazard_service/geodata/sample/programme.toml" in names
    assert "hazard_service/geodata/schemes/lis.toml" in names
    assert any(name.startswith("hazard_service/maps/") for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("editable", [False, True], ids=["wheel", "editable"])
def test_from_an_installed_package(wheel, tmp_path, editable):
    """A new environment that borrows this one's libraries, but not this one's hazard-service."""
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    what = ["--no-build-isolation", "-e", str(ROOT)] if editable else [str(wheel)]
    libraries = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    (next((tmp_path / "env").glob("lib/*/site-packages")) / "borrowed.pth").write_text(f"{libraries}\n")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", *what], check=True)
    done = subprocess.run([python, "-c", FIND], check=True, capture_output=True, text=True, cwd=tmp_path)
    sample, maps = map(Path, done.stdout.split())
    assert (sample / "programme.toml").is_file()
    assert maps.is_dir()
    assert (tmp_path in sample.parents) == (not editable)
