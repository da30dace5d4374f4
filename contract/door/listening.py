"""Whether an address can be listened on, and in words why not."""

import errno
from collections.abc import Iterator

from contract.language.refusals import told
from contract.reading.mistakes import Wrong


def in_brackets(host: str, port: int) -> str:
    """Return host and port as they are written together: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def unbindable(host_name: str, host: str, port_name: str, port: int) -> Iterator[Wrong]:
    """Yield why an address cannot be listened on; ``…_name`` are the settings' names.

    It is bound as a service does it, and freed at once; not to be called in an event loop.
    """
    import asyncio  # imported here, as a parsing process needs none of it

    async def bind() -> None:
        loop = asyncio.get_running_loop()
        (await loop.create_server(asyncio.Protocol, host, port, start_serving=False)).close()

    try:
        asyncio.run(bind())
    except (OSError, UnicodeError) as error:
        yield cannot_listen(host_name, host, port_name, port, error)


def cannot_listen(host_name: str, host: str, port_name: str, port: int, error: Exception) -> Wrong:
    """Return why a port cannot be listened on, in words; ``…_name`` are the settings' names."""
    match error:
        case OSError(errno=errno.EADDRINUSE):
            words = told(
                "{address} is in use: stop who listens there, or choose another {name}",
                address=in_brackets(host, port),
                name=port_name,
            )
            return Wrong((port_name,), words, (host_name,))
        case OSError(errno=errno.EACCES):
            words = told("{port} needs privileges: choose a port from 1024 on", port=port)
            return Wrong((port_name,), words, (host_name,))
        case OSError(errno=errno.EADDRNOTAVAIL):
            words = told(
                "{host} is no address of this machine: 127.0.0.1 or 0.0.0.0 is usual", host=host
            )
            return Wrong((host_name,), words, (port_name,))
        case _:
            words = told(
                "{host} is no address or name that can be listened on: 127.0.0.1 is usual",
                host=repr(host),
            )
            return Wrong((host_name,), words, (port_name,))
