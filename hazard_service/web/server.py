"""Serving on this machine and nowhere else, until there is access control."""

import ipaddress
import socket

import waitress
from flask import Flask

from hazard_service.errors import PortError, UnsafeAddressError


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted. Raises UnsafeAddressError for any address but loopback."""
    # Not waitress.serve, which sets up logging for the whole process. A browser opens six connections at once.
    waitress.create_server(app, host=loopback(host), port=port, ident=None, threads=8).run()


def check_port(host: str, port: int) -> None:
    """Raises PortError where nobody can listen on this port, UnsafeAddressError for any address but loopback."""
    address = loopback(host)
    try:
        socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET).close()
    except OSError as error:
        raise PortError(f"Port {port} of {address} is taken or not allowed; choose another with --port.") from error


def loopback(host: str) -> str:
    """The loopback address `host` names. A name is not looked up: it may lead elsewhere tomorrow."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise UnsafeAddressError(
            f"{host} is not an address of this machine alone; there is no access control yet, so serve on 127.0.0.1."
        )
    return str(address)
