"""What the kernel offers a process to shut itself in with: Landlock, seccomp, limits.

Imports nothing but the standard library, so that `framematch.walls.launch` starts at once.
"""
