"""The appearance code against every published PDQ hash, and against the pdqhash package."""
