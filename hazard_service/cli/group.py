"""The verb `hazard-service`: exit 0, or one clear sentence and a non-zero code."""

import logging
import sys
from typing import Any

import click

from hazard_service.errors import HazardServiceError


class _Commands(click.Group):
    """The rim: an error raised on purpose becomes one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the output has seen enough
            raise
        except HazardServiceError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            what = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(
                f"{what}{error.strerror or error}; choose another file, folder or port."
            ) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hazard-service")
@click.option("--quiet", is_flag=True, help="No progress lines.")
def main(quiet: bool) -> None:
    """Which communities landmines hold back, and what clearance has given back.

    FOLDER is a programme: a folder with programme.toml and its layers. Not for navigation or safety decisions.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("... %(message)s"))
    log = logging.getLogger("hazard_service")
    log.handlers[:] = [handler]
    log.setLevel(logging.WARNING if quiet else logging.INFO)
