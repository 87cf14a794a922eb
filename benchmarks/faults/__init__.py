"""What FrameMatch says of files that a machine has spoilt: one module for each sort of fault."""
