"""Asking every node of a cluster the same thing: what it runs, what it sees.

Owns the patience with nodes that are slow to answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.cluster.release import check_agreement, release_here
from framematch.errors import ConfigError

#: Seconds that a node is given to answer: it may have to start its first process.
_ANSWER_S = 120.0


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster.

    Attributes
    ----------
    id : str
        What Ray calls it.
    host : str
        What people call it: host name and address.
    processors : int
        How many tasks it runs at a time.
    """

    id: str
    host: str
    processors: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that this process has joined; good until `framematch.cluster.connected` ends.

    Attributes
    ----------
    ray : module
        The library.
    """

    ray: Any

    def nodes(self) -> list[Node]:
        """Return the machines that are there now and can work, in the order of their ids."""
        return sorted(
            (
                Node(
                    id=node["NodeID"],
                    host=f"{node['NodeManagerHostname']} ({node['NodeManagerAddress']})",
                    processors=int(node["Resources"]["CPU"]),
                )
                for node in self.ray.nodes()
                if node["Alive"] and node["Resources"].get("CPU", 0) >= 1
            ),
            key=lambda node: node.id,
        )

    def place(self) -> tuple[str, str]:
        """Return the address of the head, and a namespace that no other job uses."""
        context = self.ray.get_runtime_context()
        return context.gcs_address, f"framematch-{context.get_job_id()}"

    def check_releases(self) -> None:
        """Refuse a cluster of which a node would not do what this process does.

        Raises
        ------
        ConfigError
            There is no node, or one runs something else, or cannot say.
        """
        check_agreement(self._asked(release_here))

    def check_sight(self, paths: Sequence[Path]) -> None:
        """Refuse a cluster of which a node does not see `paths`: its files would all fail.

        Raises
        ------
        ConfigError
            The message names the node and the path.
        """
        wanted = [str(path.absolute()) for path in paths if path.exists()]
        for host, answer in self._asked(unseen, wanted):
            if isinstance(answer, str) or answer:
                said = answer if isinstance(answer, str) else f"does not see {answer[0]}"
                raise ConfigError(
                    f"node {host} {said}; keep library and index on storage that every node mounts"
                    " at the same place, or take the node out of the cluster"
                )

    def _asked(self, question: Callable[..., Any], *arguments: object) -> list[tuple[str, Any]]:
        """Return what `question` gives on each node, or in words why there is no answer, by host.

        Raises
        ------
        ConfigError
            There is no node.
        """
        nodes = self.nodes()
        if not nodes:
            raise ConfigError(
                "no node of the cluster has a processor to offer; start one with ray start"
                " --address: docs/scale.md"
            )
        ask = self.ray.remote(num_cpus=0, max_retries=0)(question)
        pinned = self.ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        asked = [
            ask.options(scheduling_strategy=pinned(node.id, soft=False)).remote(*arguments)
            for node in nodes
        ]
        self.ray.wait(asked, num_returns=len(asked), timeout=_ANSWER_S)
        return [
            (node.host, self._answer(reference))
            for node, reference in zip(nodes, asked, strict=True)
        ]

    def _answer(self, reference: Any) -> Any:  # noqa: ANN401 - of Ray, and of whatever was asked
        try:
            return self.ray.get(reference, timeout=0)
        except self.ray.exceptions.GetTimeoutError:
            return f"did not answer within {_ANSWER_S:.0f} s"
        except (ImportError, self.ray.exceptions.RayError) as error:
            return f"cannot run framematch ({last_line(error)})"


def unseen(paths: Sequence[str]) -> list[str]:
    """Return which of `paths` are not there where this runs."""
    return [path for path in paths if not Path(path).exists()]


def last_line(error: Exception) -> str:
    """Return what an error of Ray says in the end, where the cause stands."""
    lines = str(error).strip().splitlines()
    return lines[-1].strip() if lines else type(error).__name__
