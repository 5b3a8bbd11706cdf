"""Taking a model away: as ONNX, or as code with its weights."""
