"""Model files from the Hugging Face Hub, the package index or a folder."""
