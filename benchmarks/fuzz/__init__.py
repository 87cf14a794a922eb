"""Damaged and hostile files, made by the thousand, against everything that reads files."""
