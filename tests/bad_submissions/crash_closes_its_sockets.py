# title: closes the kernel's sockets
# kind: resource
# status: crashed | timed out
# earns: 3

# %% triple
def triple(number):
    kernel = get_ipython().kernel
    kernel.iopub_socket.close()
    kernel.shell_stream.close() if hasattr(kernel, "shell_stream") else kernel.shell_socket.close()
