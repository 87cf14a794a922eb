"""What attribution is worth on titles that nothing was fitted on, beside what users have today."""
