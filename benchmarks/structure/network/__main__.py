"""Train the network: ``python -m benchmarks.structure.network --media ... --out network.npz``.

Needs ``pip install torch==2.13.0`` (for the CPU is enough), which is no dependency of the project.
Then ``python -m benchmarks.structure --variants --network network.npz`` measures it.
"""

import argparse
import sys
from pathlib import Path

import torch

from benchmarks.structure.crossfit import Fitting
from benchmarks.structure.gathered import kept
from benchmarks.structure.learned import CHOSEN
from benchmarks.structure.network.model import Network
from benchmarks.structure.network.pictures import MORE, Pictures
from benchmarks.structure.network.scored import write
from benchmarks.structure.network.train import train
from benchmarks.structure.samples import FIT, Samples


def main() -> int:
    """Gather pictures, train on them, and write the network."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.structure.network")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go (npz)")
    parser.add_argument("--minutes", type=float, default=15, help="how long to train")
    parser.add_argument("--scratch", type=Path, help="keep gathered pictures here for next time")
    given = parser.parse_args()
    torch.set_num_threads(1)
    network = Network(CHOSEN.fitted(Fitting.of_split(given.media, FIT, given.scratch).pairs()))
    gathered = [kept(given.media, split, given.scratch)[0] for split in (FIT, MORE)]
    pictures = Pictures.of(Samples.joined(gathered))
    print(f"{pictures.right.shape[1]} references, {len(pictures.asked)} questions", flush=True)
    for line in train(network, pictures, given.minutes):
        print(line, flush=True)
    write(given.out, network)
    return 0


if __name__ == "__main__":
    sys.exit(main())
