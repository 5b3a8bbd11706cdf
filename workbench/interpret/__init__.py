"""Seeing inside a model: what its layers hold, and what moves its answers."""
