"""Your own photos, learned from a folder: a classifier, contact sheets of its mistakes, Grad-CAM, a file for phones."""
