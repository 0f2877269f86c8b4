# title: numbers in the place of cells
# kind: damaged
# status: unreadable | repaired
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, 2]}')
