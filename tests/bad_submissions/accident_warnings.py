# title: warnings, and a line of TensorFlow's on stderr
# kind: accident
# status: graded
# earns: 4

# %% double
import logging
import sys
import warnings


def double(number):
    warnings.warn("Do not pass an `input_shape` argument to a layer", UserWarning, stacklevel=2)
    logging.getLogger("student").warning("careful")
    print("I0000 00:00:1 cpu_feature_guard.cc:210] This TensorFlow binary is optimized", file=sys.stderr)
    return 2 * number
