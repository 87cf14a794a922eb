"""Hits to an attribution: leads, verification, time, confidence, stage. No decoding, no faces."""
