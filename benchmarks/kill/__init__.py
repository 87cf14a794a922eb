"""Does an index survive SIGKILL at any instant? Run with ``python -m benchmarks.kill``."""
