"""A dump of thousands of files as a leak leaves them, and the truth of each: for triage."""
