"""BM25 over stemmed terms and pairs of terms."""
