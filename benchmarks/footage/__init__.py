"""Attribution on the development footage: who is found, who is not, how far off in time."""
