"""Small files that a person names: whatever else lies there is refused, and never waited for."""

import os
from pathlib import Path

import pytest

from framematch.errors import ConfigError
from framematch.given import read_given


def test_read_given_pipe_or_device_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            read_given(path, 100, "manifest")


def test_read_given_larger_file_is_refused_and_one_as_large_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(101))
    with pytest.raises(ConfigError, match="larger than any manifest"):
        read_given(path, 100, "manifest")
    assert len(read_given(path, 101, "manifest")) == 101
