"""Runs: a folder for each training, with what was trained, on what, and how it went."""
