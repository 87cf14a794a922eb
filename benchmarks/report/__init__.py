"""What report.html of a large case costs: size, time to build, to open, to filter."""
