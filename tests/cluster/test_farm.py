"""A cluster of two nodes on this machine: it answers as one process does, whatever dies."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from farm import Farm, new_token
from scenes import scene, write_image, write_library

from framematch.index import Index
from framematch.ingest import add, plan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None, reason="the extra framematch[cluster] is missing"
    ),
]

_PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    made = Farm(new_token())
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_library(tmp_path_factory.mktemp("farm") / "library")
    for number in range(12):
        write_image(root / "Gamma" / f"{number}.png", scene(300 + number))
    return root


@pytest.fixture(scope="module")
def local(library: Path) -> Path:
    """Return the index of the library as this process makes it."""
    items, _ = plan([library])
    add(library.parent / "local", items)
    return library.parent / "local"


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("queries")
    made = [
        write_image(folder / f"q{seed}.png", scene(seed))
        for seed in (1, 300, 100, 311, 11, 305, 999)
    ]
    (folder / "broken.png").write_bytes(b"no picture")
    return [*map(str, made), str(folder / "broken.png")]


@pytest.fixture(scope="module")
def answers(farm: Farm, local: Path, queries: list[str]) -> str:
    """Return what a local query writes."""
    asked = _run(
        farm.environment, "-m", "framematch", "--index", str(local), "query", "--json", *queries
    )
    lines = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [line["verdict"] for line in lines].count("match") == 6
    return asked.stdout


def _run(
    environment: Mapping[str, str], *command: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


def _losing_a_node(what: str, farm: Farm, index: Path, *paths: str) -> str:
    """Do something on two nodes of which one is killed half way; return what it printed."""
    node = farm.add_node()
    program = str(Path(__file__).with_name("killed_run.py"))
    done = _run(farm.environment, program, what, farm.address, str(node), str(index), *paths)
    # Ray may have something to say on stderr of a node that is gone; stdout is for results.
    assert done.returncode == 0, done.stderr
    return done.stdout


def _segments(index: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (index / "segments").iterdir()}


def _info(index: Path) -> object:
    with Index.open(index) as opened:
        return opened.info


def test_index_made_while_a_node_is_killed_is_that_of_a_local_run(
    farm: Farm, library: Path, local: Path, tmp_path: Path
) -> None:
    failures = json.loads(_losing_a_node("index", farm, tmp_path / "index", str(library)))
    assert failures == []
    assert _info(tmp_path / "index") == _info(local)
    assert _segments(tmp_path / "index") == _segments(local)


def test_query_answers_while_a_node_is_killed_are_those_of_a_local_run(
    farm: Farm, local: Path, queries: list[str], answers: str
) -> None:
    assert _losing_a_node("query", farm, local, *queries) == answers


def test_commands_on_a_cluster_write_what_they_write_locally(
    farm: Farm, library: Path, queries: list[str], answers: str, tmp_path: Path
) -> None:
    program = ("-m", "framematch", "--index", str(tmp_path / "index"))
    # Relative paths, in a folder that is not that of the nodes.
    added = _run(
        farm.environment,
        *(*program, "index", "add", "library", "--cluster", farm.address),
        cwd=library.parent,
    )
    assert added.returncode == 0
    assert added.stdout.startswith("16 files added")
    with Index.open(tmp_path / "index") as index:
        assert {reference.path.split("/")[0] for reference in index.references()} == {"library"}
    asked = _run(farm.environment, *program, "query", "--json", "--cluster", farm.address, *queries)
    assert (asked.stdout, asked.returncode) == (answers, 6)
    assert "broken.png" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_index_add_on_a_cluster_interrupted_keeps_what_is_done(
    farm: Farm, library: Path, local: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "framematch", "--index", str(tmp_path / "index"), "index"]
    command += ["add", str(library), "--cluster", farm.address]
    with subprocess.Popen(
        command, env=farm.environment, stderr=subprocess.PIPE, text=True
    ) as running:
        segments = tmp_path / "index" / "segments"
        until = time.monotonic() + _PATIENCE_S
        # Of two, one is published at least.
        while len(list(segments.glob("[!.]*"))) < 2:
            assert running.poll() is None
            assert time.monotonic() < until
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=_PATIENCE_S)
    assert running.returncode == 130
    assert "finished files are in the index" in said
    with Index.open(tmp_path / "index") as index:
        assert 1 <= len(index.references()) < 16
    items, _ = plan([library])
    add(tmp_path / "index", items)
    assert _info(tmp_path / "index") == _info(local)


@pytest.mark.parametrize(
    ("token", "complaint"),
    [("f" * 64, "refused the token of this process"), ("", "no token for the cluster")],
)
def test_client_without_the_token_is_refused(
    farm: Farm, local: Path, queries: list[str], tmp_path: Path, token: str, complaint: str
) -> None:
    environment = {**farm.environment, "RAY_AUTH_TOKEN": token, "HOME": str(tmp_path)}
    asked = _run(
        environment,
        *("-m", "framematch", "--index", str(local), "query"),
        *("--cluster", farm.address, queries[0]),
    )
    assert (asked.returncode, asked.stdout) == (2, "")
    assert complaint in asked.stderr
    assert asked.stderr.count("\n") == 1


def test_cluster_that_lets_everybody_in_is_refused(local: Path, queries: list[str]) -> None:
    open_to_all = Farm(token=None)
    try:
        asked = _run(
            {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": new_token()},
            *("-m", "framematch", "--index", str(local), "query"),
            *("--cluster", open_to_all.address, queries[0]),
        )
    finally:
        open_to_all.close()
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "lets in clients without a token" in asked.stderr
