"""Speed and memory beside peers and floors: ``python -m benchmarks.speed --media MEDIA``."""
