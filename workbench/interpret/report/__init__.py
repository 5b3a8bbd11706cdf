"""A report of what was seen, as one file that any browser opens."""
