# title: asks for a window on a machine without a screen
# kind: accident
# status: graded
# earns: 4

# %% last
%matplotlib tk
