"""Your own images: a classifier, contact sheets of its mistakes, Grad-CAM."""
