"""FrameMatch: which show and episodes an unknown animation file belongs to."""
