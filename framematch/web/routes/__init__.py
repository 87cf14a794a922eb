"""The paths of the API, a module for each of its subjects; each has a `router`."""
