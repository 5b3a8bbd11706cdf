"""How much each part of a sample adds to an answer, by captum's methods."""
