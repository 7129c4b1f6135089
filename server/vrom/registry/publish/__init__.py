"""Publishing packages to a folder, a registry or the Hugging Face Hub."""
