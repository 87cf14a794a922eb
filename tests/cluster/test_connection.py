"""Joining a cluster: what is refused before anything is sent, and what the person is told."""

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from framematch.cli import app
from framematch.cluster import connected
from framematch.cluster.release import check_agreement, release_here
from framematch.errors import ConfigError, MissingExtraError


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the token of whoever runs the tests out of it, and what joining sets out of the rest."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield
    for name in set(os.environ) - set(before):
        del os.environ[name]


def _refusal(address: str) -> str:
    with pytest.raises(ConfigError) as refused, connected(address):
        pytest.fail("the cluster was joined")
    assert refused.value.exit_code == 2
    return str(refused.value)


@pytest.mark.parametrize(
    "address", ["", "head", "ray://head:10001", "http://head:8265", "head:", ":6379", "head:port"]
)
def test_connected_what_is_no_address_is_refused(address: str) -> None:
    assert "pass HOST:PORT" in _refusal(address)


def test_connected_without_a_token_says_where_to_put_it(tmp_path: Path) -> None:
    assert str(tmp_path / ".ray" / "auth_token") in _refusal("127.0.0.1:6379")


def test_connected_token_file_that_is_named_but_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "secret"))
    assert f"{tmp_path / 'secret'} is not there" in _refusal("127.0.0.1:6379")


def test_connected_with_authentication_switched_off_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a" * 64)
    assert "token authentication only" in _refusal("127.0.0.1:6379")


def test_connected_without_the_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a" * 64)
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(MissingExtraError, match=r"pip install 'framematch\[cluster\]'"),
        connected("127.0.0.1:6379"),
    ):
        pytest.fail("the cluster was joined")


@pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="the extra framematch[cluster] is missing"
)
def test_connected_where_nobody_listens_says_so() -> None:
    program = (
        "import sys; from framematch.cluster import connected; connected(sys.argv[1]).__enter__()"
    )
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{held.getsockname()[1]}"
        # In a process of its own: what Ray's import warns of is an error here.
        asked = subprocess.run(
            [sys.executable, "-c", program, address],
            env={**os.environ, "RAY_AUTH_TOKEN": "a" * 64},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert f"ConfigError: {address}: no cluster can be reached there" in asked.stderr


def test_local_commands_never_import_ray() -> None:
    program = (
        "import sys; import framematch.cli.app, framematch.cli.query, framematch.cluster;"
        " sys.exit('ray' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


def test_index_add_on_a_cluster_with_processes_is_refused(tmp_path: Path) -> None:
    command = ["index", "add", str(tmp_path), "--cluster", "auto", "--processes", "2"]
    asked = CliRunner().invoke(app, command)
    assert asked.exit_code == 2
    assert "leave it out with --cluster" in asked.stderr


def test_agreement_of_equal_nodes_is_silent() -> None:
    check_agreement([("one", release_here()), ("two", release_here())])


def test_agreement_with_another_release_names_the_node_and_what_differs() -> None:
    other = replace(release_here(), framematch="0.0.1", av="1.0")
    with pytest.raises(ConfigError, match=r"node two \(and 1 more\) runs") as refused:
        check_agreement([("one", release_here()), ("two", other), ("three", "is silent")])
    assert f"framematch 0.0.1 where this machine has {release_here().framematch}" in str(
        refused.value
    )
    assert "av 1.0 where this machine has" in str(refused.value)


def test_agreement_with_a_node_that_cannot_say_names_it() -> None:
    with pytest.raises(ConfigError, match="node one cannot run framematch"):
        check_agreement([("one", "cannot run framematch (No module named 'framematch')")])
