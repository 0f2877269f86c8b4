"""Recorded experiments: what data/results holds is measured here, and the shipped teachers are trained here."""
