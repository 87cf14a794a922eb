"""A writer that is killed at any instant leaves the index as it was before or after."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from index_samples import (
    SPECS,
    frames,
    identity,
    killed_before_step,
    reference,
    segment_files,
)

from framematch.errors import IndexNotFoundError
from framematch.index import IndexWriter, verify
from framematch.records import EpisodeId

#: Later Python warns when a process forks that another test left with FAISS's threads.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

A, B = reference("a", "Kites", EpisodeId(1, 1)), reference("b", "Kites", EpisodeId(1, 2))

Action = Callable[[IndexWriter], None]


def made(path: Path) -> None:
    with IndexWriter(path, SPECS) as writer:
        writer.publish(A, frames(3, 1))
        writer.publish(B, frames(4, 2))


def add(writer: IndexWriter) -> None:
    writer.publish(reference("c", "Rites"), frames(5, 3))


def replace(writer: IndexWriter) -> None:
    writer.publish(A, frames(2, 9))


def remove(writer: IndexWriter) -> None:
    writer.remove([A.sha256, B.sha256])


def carry_out(action: Action, path: Path) -> None:
    with IndexWriter(path, SPECS) as writer:
        action(writer)


@pytest.mark.parametrize("action", [add, replace, remove], ids=["add", "replace", "remove"])
def test_kill_at_every_step_leaves_before_or_after(tmp_path: Path, action: Action) -> None:
    template, undisturbed = tmp_path / "template", tmp_path / "undisturbed"
    made(template)
    shutil.copytree(template, undisturbed)
    carry_out(action, undisturbed)
    before, after = identity(template), identity(undisturbed)
    whole, names = verify(undisturbed), [file.name for file in segment_files(undisturbed)]
    seen, step, killed = [], 0, True
    while killed:
        path = tmp_path / str(step)
        shutil.copytree(template, path)
        killed = killed_before_step(
            step,
            prepare=lambda path=path: IndexWriter(path, SPECS),
            action=lambda writer: (action(writer), writer.close()),
        )
        assert verify(path).problems == ()
        seen.append(identity(path))
        carry_out(action, path)
        assert identity(path) == after
        assert verify(path) == whole
        assert [file.name for file in segment_files(path)] == names
        step += 1
    # There is one instant at which the change happens.
    n_before = seen.count(before)
    assert seen == [before] * n_before + [after] * (len(seen) - n_before)
    assert n_before > 5
    assert len(seen) - n_before > 3


def test_kill_at_every_step_of_making_an_index_leaves_none_or_an_empty_one(tmp_path: Path) -> None:
    def create(path: Path) -> None:
        IndexWriter(path, SPECS).close()

    create(tmp_path / "undisturbed")
    empty, whole = identity(tmp_path / "undisturbed"), verify(tmp_path / "undisturbed")
    seen, step, killed = [], 0, True
    while killed:
        path = tmp_path / str(step)
        killed = killed_before_step(step, prepare=lambda path=path: path, action=create)
        try:
            seen.append(identity(path))
        except IndexNotFoundError:
            seen.append("none")
        create(path)
        assert identity(path) == empty
        assert verify(path) == whole
        step += 1
    n_none = seen.count("none")
    assert seen == ["none"] * n_none + [empty] * (len(seen) - n_none)
    assert n_none > 10


LOOP = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from index_samples import SPECS, frames, reference
from framematch.index import IndexWriter
with IndexWriter(Path(sys.argv[2]), SPECS) as writer:
    for seed in range(int(sys.argv[3])):
        listed = reference(str(seed), "Kites")
        if not writer.has(listed.sha256):
            writer.publish(listed, frames(seed % 5, seed))
            print(seed, flush=True)
"""


def publishing(path: Path, n_references: int) -> list[str]:
    here = str(Path(__file__).parent)
    return [sys.executable, "-c", LOOP, here, str(path), str(n_references)]


@pytest.mark.parametrize("n_published", [1, 3, 8])
def test_sigkill_while_publishing_in_a_loop_loses_nothing_that_was_reported(
    tmp_path: Path, n_published: int
) -> None:
    path, n_references = tmp_path / "killed", 12
    command = publishing(path, n_references)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(n_published):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    outcome = verify(path)
    assert outcome.problems == ()
    assert outcome.references >= n_published
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # The second run does only what the first one did not.
    assert len(done.stdout.split()) == n_references - outcome.references
    subprocess.run(publishing(tmp_path / "undisturbed", n_references), check=True)
    assert identity(path) == identity(tmp_path / "undisturbed")
    assert verify(path) == verify(tmp_path / "undisturbed")
