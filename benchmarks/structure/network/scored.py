"""A trained network as variants of the comparison, and as a file."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from benchmarks.structure.fitted import Matrix
from benchmarks.structure.material import Material
from benchmarks.structure.network.model import COLUMNS, ROWS, Network
from benchmarks.structure.network.pictures import fine_cells
from benchmarks.structure.network.train import drawn_share
from benchmarks.structure.variants import Scores, Variant, signs, unit
from framematch.hashing import structure

_CHUNK = 64


def write(path: Path, network: Network) -> None:
    """Write the weights as an npz file, without pickle."""
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    with path.open("wb") as file:
        np.savez(file, **weights)


def read(path: Path) -> Network:
    """Return a network that `write` wrote, ready to be asked."""
    network = Network(np.zeros((structure.BITS, structure.N_FEATURES), dtype=np.float32))
    with np.load(path, allow_pickle=False) as stored:
        network.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored.files})
    network.eval()
    return network


def outputs(network: Network, cells: Matrix, *, partial: bool = False) -> Matrix:
    """Return the numbers whose signs are codes, float32 (N, 512), of (N, 8, 18, 32) strokes.

    With `partial`, empty cells say nothing.
    """
    found = []
    with torch.no_grad():
        for part in np.split(cells, range(_CHUNK, len(cells), _CHUNK)):
            strokes = torch.from_numpy(part)
            whole = torch.ones(len(part), ROWS, COLUMNS)
            known = drawn_share(strokes) if partial else whole
            found.append(network(strokes, known).numpy())
    return np.concatenate(found)


def network_variants(path: Path) -> list[Variant]:
    """Return the signs and the floats of a trained network, to be measured with one thread."""
    torch.set_num_threads(1)
    network = read(path)

    def described(lumas: npt.NDArray[np.uint8]) -> Matrix:
        return outputs(network, fine_cells(lumas))

    def score(questions: Material, references: Material, *, bits: bool) -> Scores:
        stored = outputs(network, fine_cells(references.samples.lumas))
        cells = fine_cells(questions.samples.lumas)
        plain, partial = outputs(network, cells), outputs(network, cells, partial=True)
        kept = signs if bits else unit
        scores = kept(plain) @ kept(stored).T
        drawn = questions.samples.drawn
        scores[drawn] = np.maximum(scores, kept(partial) @ kept(stored).T)[drawn]
        return scores

    def by_bits(questions: Material, references: Material) -> Scores:
        return score(questions, references, bits=True)

    def by_floats(questions: Material, references: Material) -> Scores:
        return score(questions, references, bits=False)

    return [
        Variant("network, 512 signs", 64, by_bits, described),
        Variant("network, 512 floats", 4 * structure.BITS, by_floats, described),
    ]
