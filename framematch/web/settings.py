"""What the review desk allows: how much at once, how often, from where."""

from dataclasses import astuple, dataclass

from framematch.errors import ConfigError


@dataclass(frozen=True, slots=True)
class DeskLimits:
    """What one desk takes from its page and its clients.

    Attributes
    ----------
    max_upload_bytes : int
        Largest file that is attributed, inclusive.
    max_body_bytes : int
        Largest body of any other request, inclusive.
    uploads_per_minute : int
        Files that are taken in a minute; so many may come at once after a quiet minute.
    writes_per_minute : int
        Verdicts, notes and exports that are taken in a minute, and at once.
    max_waiting : int
        Files that may wait to be attributed; of more, the sender is asked to come again.
    max_waiting_bytes : int
        Bytes that they may take on the disk together, inclusive.
    workers : int
        Files that are attributed at the same time.
    """

    max_upload_bytes: int = 2 << 30
    max_body_bytes: int = 1 << 20
    uploads_per_minute: int = 1200
    writes_per_minute: int = 600
    max_waiting: int = 1000
    max_waiting_bytes: int = 8 << 30
    workers: int = 2

    def __post_init__(self) -> None:
        if min(astuple(self)) <= 0:
            raise ConfigError(
                "limits of the desk must be positive; leave them out for the defaults"
            )


@dataclass(frozen=True, slots=True)
class Door:
    """Where the desk listens, and what lets somebody in.

    Attributes
    ----------
    port : int
        Port on the loopback address.
    token : str
        What the page's address or the ``Authorization`` header must hold.
    """

    port: int
    token: str

    @property
    def hosts(self) -> frozenset[str]:
        """What the ``Host`` header may say: nobody else's name leads here."""
        names = ("127.0.0.1", "localhost", "[::1]")
        return frozenset(f"{name}:{self.port}" for name in names)

    @property
    def origins(self) -> frozenset[str]:
        """What the ``Origin`` header may say."""
        return frozenset(f"http://{host}" for host in self.hosts)

    @property
    def cookie(self) -> str:
        """Name of the cookie; of its own for each port, since cookies know no ports."""
        return f"framematch-{self.port}"

    @property
    def address(self) -> str:
        """The page's address, with the token."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"
