"""Files that are small and claim or unfold into much: what each costs, and how it ends."""
