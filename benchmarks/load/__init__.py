"""Many threads and processes at one index: the same answers as alone, and no memory lost."""
