"""Embedding with ONNX Runtime and fastembed."""
