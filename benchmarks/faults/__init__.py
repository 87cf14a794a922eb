"""What does FrameMatch say of files that a machine has spoilt? One module for each sort of fault."""
