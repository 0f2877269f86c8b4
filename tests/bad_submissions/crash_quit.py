# title: quit() in the last cell
# kind: resource
# status: graded
# earns: 4

# %% last
quit()
