"""`python -m framematch`: the same as the `framematch` command."""

from framematch.cli import main

if __name__ == "__main__":
    main()
