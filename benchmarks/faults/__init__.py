"""What breaks under FrameMatch: bytes of a case, disks, memory, clocks."""
