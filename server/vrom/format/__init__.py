"""The vROM package format: models, reading, writing, verification."""
