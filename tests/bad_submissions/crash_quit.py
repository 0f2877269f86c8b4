# title: quit() in the last cell
# kind: resource
# status: graded | crashed
# earns: 4

# %% last
quit()
