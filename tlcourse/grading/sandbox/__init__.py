"""Confined kernels behind one interface: with bubblewrap, or unconfined. Depends on neither assignments nor marks."""
