"""Confined kernels behind one interface: with bubblewrap, or without any walls. Knows neither assignments nor marks."""
