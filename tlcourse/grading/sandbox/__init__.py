"""Confined kernels: started and stopped."""
