"""What files say of themselves: dates, programs, people, devices. Anybody can write anything there.

Owns where each format keeps it and what it is called. A broken block costs itself and nothing else.
"""

from framematch.media.metadata.reading import metadata_of

__all__ = ["metadata_of"]
