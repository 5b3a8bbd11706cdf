"""Bringing models in: from PyTorch code and from ONNX files, with their weights."""
