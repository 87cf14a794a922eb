"""Desks to ask: one opened once for all tests that only look, and one for each that decides."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Served, serve_sample
from known import Known, make_known


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a desk whose case no test changes."""
    yield from serve_sample(tmp_path_factory.mktemp("desk") / "case")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Return a desk of its own over a small case, to decide in."""
    yield from serve_sample(tmp_path / "case", 20)


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """Return a small index, and files that it was made of; no test changes them."""
    return make_known(tmp_path_factory.mktemp("known"))
