"""What one still costs against an index of a million rows, and where the time goes."""
