"""An opened cartridge: BM25, vectors, outline and the arrays they are cached in."""
