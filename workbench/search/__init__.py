"""Searching for good settings: trials of values, each a run, chosen by Optuna."""
