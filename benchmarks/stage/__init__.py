"""What stages and flags are worth: pictures whose stage is known, judged alone and with a match."""
