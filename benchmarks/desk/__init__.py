"""The review desk under load, and how soon it answers: a real process behind a real port."""
