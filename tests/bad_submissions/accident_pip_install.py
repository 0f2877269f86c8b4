# title: installs a package, without a network
# kind: accident
# status: graded | timed out
# earns: 4

# %% first
%pip install -q no-such-package-of-this-course
