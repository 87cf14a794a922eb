"""Exit codes that belong to no error, but to how a command ended; see docs/exit-codes.md."""

#: ``query --exit-code``: no file matches a show.
EXIT_NO_MATCH = 3

#: A bulk job went through to its end, and some files failed.
EXIT_BULK_FAILURES = 6

#: What a shell reports for a program that was interrupted from the keyboard.
EXIT_INTERRUPTED = 130

#: What a shell reports for a program whose reader went away (SIGPIPE).
EXIT_BROKEN_PIPE = 141
