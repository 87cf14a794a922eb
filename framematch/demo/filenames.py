"""Names for leaked files: half of them say nothing, half carry a production code."""

from framematch.demo.dice import Dice
from framematch.demo.studio import Studio
from framematch.records import EpisodeId

_NEUTRAL = (
    "scan_{:04d}",
    "IMG_{:04d}",
    "export_{:03d}",
    "untitled-{}",
    "frame{:05d}",
    "WeChat_{:06d}",
)
_FOLDERS = ("", "to_sort", "batch_07", "scans/page", "out/2024")


class Names:
    """File names, none twice."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._taken: set[str] = set()

    def of(self, dice: Dice, show: str, episode: EpisodeId, suffix: str) -> str:
        """Return a free path for a drawing of an episode, with its production code or without."""
        if not dice.chance(0.5):
            return self.neutral(dice, suffix)
        code = self._studio.code(show)
        part = f"{episode.season}{episode.episode:02d}"
        stem = f"{code}_{part}_sc{dice.whole(1, 140):03d}_v{dice.whole(1, 6):02d}"
        folder = dice.pick((f"{code}/{part}", code, "", "batch_07"))
        return self._free(folder, stem, suffix)

    def neutral(self, dice: Dice, suffix: str) -> str:
        """Return a free path that tells nothing of the content."""
        stem = dice.pick(_NEUTRAL).format(dice.whole(1, 9999))
        return self._free(dice.pick(_FOLDERS), stem, suffix)

    def _free(self, folder: str, stem: str, suffix: str) -> str:
        folder = f"leak/{folder}" if folder else "leak"
        path, n = f"{folder}/{stem}.{suffix}", 2
        while path.lower() in self._taken:
            path, n = f"{folder}/{stem} ({n}).{suffix}", n + 1
        self._taken.add(path.lower())
        return path
