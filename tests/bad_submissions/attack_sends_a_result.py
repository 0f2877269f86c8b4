# title: sends messages in the kernel's name: a result, and no error
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
kernel = get_ipython().kernel
send = kernel.session.send


def lie(stream, kind, content=None, *arguments, **keywords):
    kind_name = kind if isinstance(kind, str) else kind.get("msg_type")
    if kind_name == "error":
        return None
    if isinstance(content, dict) and content.get("status") == "error":
        content = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
    return send(stream, kind, content, *arguments, **keywords)


kernel.session.send = lie
