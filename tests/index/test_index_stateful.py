"""Random operations on an index, held against a simple model: same rows, same answers, no loss.

A short run here; a long one with FRAMEMATCH_STATEFUL_EXAMPLES=2000 pytest -n0 on this file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from index_model import WIDTHS, Model, in_time, made_frames, made_reference, near_codes
from index_samples import SPECS, same_frames
from typer.testing import CliRunner

from framematch.cli.app import app
from framematch.hashing.interchange import parse_vpdq, to_hex
from framematch.index import Index, IndexWriter, compact, merge, verify
from framematch.index.backends import Backend
from framematch.records import CodeName, EpisodeId, FrameBatch, Hits, Reference

_LONG = os.environ.get("FRAMEMATCH_STATEFUL_EXAMPLES")
#: The sieve is compiled first, which takes as long as the whole short run.
_BACKENDS: tuple[Backend | None, ...] = (
    (None, "linear", "flat", "sieve") if _LONG else (None, "linear")
)

#: Whether the disk keeps what it is told to is not asked here: in memory a run takes seconds.
_SCRATCH = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own

names = st.sampled_from([f"file-{number}" for number in range(8)])
episodes = st.one_of(
    st.none(), st.builds(EpisodeId, st.integers(0, 2), st.sampled_from([1, 2, 10]))
)
references = st.builds(made_reference, names, st.sampled_from(["Kites", "Rites", "うた"]), episodes)
#: Few seeds: two files often have the same frames, and share a segment.
frames = st.builds(made_frames, st.integers(0, 6), st.integers(0, 6))
entries = st.tuples(references, frames)


class IndexAgainstModel(RuleBasedStateMachine):
    """An index that is worked on, readers that were opened on the way, and the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=_SCRATCH))
        self.path = self.folder / "index"
        self.model = Model()
        self.readers: list[tuple[Index, Model]] = []
        self.others = 0

    def teardown(self) -> None:
        for index, _ in self.readers:
            index.close()
        shutil.rmtree(self.folder)

    @initialize()
    def create(self) -> None:
        Index.create(self.path, SPECS).close()

    @rule(added=st.lists(entries, min_size=1, max_size=3))
    def add(self, added: list[tuple[Reference, FrameBatch]]) -> None:
        """Add files; one that is there already is replaced, with other frames or another show."""
        with IndexWriter(self.path, SPECS) as writer:
            for reference, batch in added:
                writer.publish(reference, batch)
                self.model.held[reference.sha256] = reference, in_time(batch)
                assert writer.has(reference.sha256)

    @precondition(lambda self: self.model.held)
    @rule(data=st.data(), anew=references)
    def attribute(self, data: st.DataObject, anew: Reference) -> None:
        """Say anew what a file is."""
        sha256 = data.draw(st.sampled_from(sorted(self.model.held)))
        former, batch = self.model.held[sha256]
        told = made_reference(Path(former.path).stem, anew.show, anew.episode)
        with IndexWriter(self.path, SPECS) as writer:
            writer.attribute(told)
        self.model.held[sha256] = told, batch

    @rule(gone=st.lists(references, min_size=1, max_size=3))
    def remove(self, gone: list[Reference]) -> None:
        digests = {reference.sha256 for reference in gone}
        with IndexWriter(self.path, SPECS) as writer:
            assert writer.remove(sorted(digests)) == len(digests & self.model.held.keys())
        for digest in digests:
            self.model.held.pop(digest, None)
        for index, then in self.readers[-1:]:
            _same_rows(index, then)

    @rule(if_worth_it=st.booleans())
    def compacted(self, if_worth_it: bool) -> None:
        done = compact(self.path, if_worth_it=if_worth_it)
        assert done.rows == len(self.model.column("information"))

    @rule(held=st.lists(entries, min_size=1, max_size=4), is_compact=st.booleans())
    def merged(self, held: list[tuple[Reference, FrameBatch]], is_compact: bool) -> None:
        """Merge another index into this one: what is here stays, what is not comes."""
        self.others += 1
        other = self.folder / f"other-{self.others}"
        theirs = Model()
        with IndexWriter(other, SPECS) as writer:
            for reference, batch in held:
                writer.publish(reference, batch)
                theirs.held[reference.sha256] = reference, in_time(batch)
        if is_compact:
            compact(other)
        report = merge(self.path, [other])
        new = {key: value for key, value in theirs.held.items() if key not in self.model.held}
        assert {each.sha256 for each in report.added} == set(new)
        assert len(report.added) + report.unchanged + len(report.conflicts) == len(theirs.held)
        self.model.held.update(new)
        _check(other, theirs)

    @rule(backend=st.sampled_from(_BACKENDS), min_information=st.sampled_from([0, 30, 101]))
    def hold_open(self, backend: Backend | None, min_information: int) -> None:
        """Open a reader that stays while the index changes."""
        index = Index.open(self.path, backend=backend, min_information=min_information)
        self.readers.append((index, self.model.copy()))
        if len(self.readers) > 3:
            self.readers.pop(0)[0].close()

    @precondition(lambda self: self.readers)
    @rule(
        data=st.data(),
        name=st.sampled_from(sorted(WIDTHS)),
        seed=st.integers(0, 50),
        k=st.integers(1, 9),
        within=st.sampled_from([0, 3, 31, 100, 512]),
    )
    def search(self, data: st.DataObject, name: CodeName, seed: int, k: int, within: int) -> None:
        """Search through a reader, perhaps one of before: its own moment is what it answers for."""
        index, then = data.draw(st.sampled_from(self.readers))
        queries = near_codes(2, seed, name)
        _same_hits(index, then, name, queries, k=k, within=within)

    @precondition(lambda self: self.readers)
    @rule(data=st.data())
    def read_all(self, data: st.DataObject) -> None:
        """Read every row of a reader, perhaps one of before."""
        _same_rows(*data.draw(st.sampled_from(self.readers)))

    @precondition(lambda self: any(len(frames) for _, frames in self.model.held.values()))
    @rule()
    def exported(self) -> None:
        out = self.folder / "out"
        ran = CliRunner().invoke(
            app, ["--index", str(self.path), "index", "export", "--out", str(out)]
        )
        assert ran.exit_code == 0, ran.output
        listed = {path.stem: parse_vpdq(path.read_text()) for path in out.glob("*.txt")}
        assert listed.keys() == self.model.held.keys()
        for digest, (_, batch) in self.model.held.items():
            whole = np.all(batch.box == (0, 0, 1, 1), axis=1)
            assert [row.code_hex for row in listed[digest]] == [
                to_hex(code) for code in batch.appearance[whole]
            ]

    @invariant()
    def is_what_the_model_is(self) -> None:
        if (self.path / "header.json").exists():
            _check(self.path, self.model)


def _check(path: Path, model: Model) -> None:
    """Hold an index against the model as somebody who opens it now sees it."""
    found = verify(path)
    assert found.problems == ()
    assert found.references == len(model.held)
    with Index.open(path) as index:
        _same_rows(index, model)
        _same_hits(index, model, "structure", near_codes(1, 1, "structure"), k=4, within=40)


def _same_rows(index: Index, model: Model) -> None:
    listed = model.listed()
    assert index.references() == tuple(reference for reference, _ in listed)
    assert all(same_frames(index.frames(at), batch) for at, (_, batch) in enumerate(listed))
    lengths = [len(batch) for _, batch in listed]
    assert index.rows.reference.tolist() == np.repeat(range(len(listed)), lengths).tolist()
    for name, width in WIDTHS.items():
        assert np.array_equal(index.codes(name), model.column(name, (width,)))
    thumbnails = [each for _, batch in listed for each in batch.thumbnails]
    assert [index.thumbnail(row) for row in range(len(index))] == thumbnails


def _same_hits(
    index: Index, model: Model, name: CodeName, queries: np.ndarray, *, k: int, within: int
) -> None:
    least = index.min_information
    found = index.search_nearest(name, queries, k, exact=True)
    assert _listed(found) == model.hits(name, queries, least, k=k)
    found = index.search_within(name, queries, within)
    assert _listed(found) == model.hits(name, queries, least, max_distance=within)


def _listed(hits: Hits) -> list[tuple[int, int, int]]:
    return list(zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True))


TestIndexAgainstModel = IndexAgainstModel.TestCase
TestIndexAgainstModel.settings = settings(
    max_examples=int(_LONG or 9),
    stateful_step_count=40 if _LONG else 16,
    # What fails here is made small by the long run.
    phases=tuple(Phase) if _LONG else (Phase.generate,),
    deadline=None,
    derandomize=_LONG is None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
