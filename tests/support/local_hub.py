"""A JupyterHub on this machine: two users with folders and servers of their own, and an exchange between them.

All processes belong to the Unix user who runs the tests, so it shows what goes through the hub and the exchange, not
what file permissions protect. Its proxy is `configurable-http-proxy`: JavaScript's, or else Python's package of the
same name, which needs no Node.
"""

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

HUB_CONFIG = """
import json
settings = json.loads(open({settings!r}, encoding="utf-8").read())
c = get_config()
c.JupyterHub.bind_url = settings["address"]
c.JupyterHub.hub_port = settings["hub_port"]
c.ConfigurableHTTPProxy.api_url = settings["proxy_address"]
c.ConfigurableHTTPProxy.command = settings["proxy"]
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret = bytes.fromhex(settings["secret"])
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = set(settings["users"])
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = settings["homes"] + "/{{username}}"
c.Spawner.cmd = settings["server"]
c.Spawner.args = settings["arguments"]
c.Spawner.environment = settings["environment"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.services = [{{"name": "test", "api_token": settings["secret"]}}]
c.JupyterHub.load_roles = [
    {{"name": "test", "scopes": ["admin:users", "admin:servers", "tokens"], "services": ["test"]}}
]
"""
SERVER_CONFIG = {
    "ServerApp": {
        "jpserver_extensions": {
            "nbgrader.server_extensions.assignment_list": True,
            "nbgrader.server_extensions.formgrader": True,
        }
    }
}


def problem():
    """Why there can be no hub here, or an empty string."""
    if importlib.util.find_spec("jupyterhub") is None:
        return "jupyterhub is not installed: pip install -e '.[hub]'"
    return "" if _proxy() else "configurable-http-proxy is not installed: pip install -e '.[hub]'"


def _proxy():
    """The command of a proxy, or None."""
    if command := shutil.which("configurable-http-proxy"):
        return [command]
    if importlib.util.find_spec("configurable_http_proxy") is not None:
        return [sys.executable, "-c", "from configurable_http_proxy.cli import main; main()"]
    return None


class User(NamedTuple):
    """A user of the hub, with a token for what the user's browser would do."""

    name: str
    address: str
    token: str

    def request(self, path, owner=None, **form):
        """The answer of a server below its address, parsed if it is JSON; a POST where there is a form.

        `owner` is the user whose server is asked, this one by default.

        Raises
        ------
        urllib.error.HTTPError
        """
        data = urllib.parse.urlencode(form).encode() if form else None
        return _request(f"{self.address}/user/{owner or self.name}/{path}", self.token, data)


@contextlib.contextmanager
def running(folder, users, course_id, **environment):
    """Start a hub, and a server for each user; gives the `User` of each name.

    Parameters
    ----------
    folder : pathlib.Path
        Gets homes/NAME of each user, exchange, and the logs.
    users : sequence of str
    course_id : str
        Of the exchange.
    environment : str
        More variables of the servers.
    """
    settings = _settings(folder, users, environment)
    _write_server_config(folder, course_id)
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    config = folder / "jupyterhub_config.py"
    config.write_text(HUB_CONFIG.format(settings=str(folder / "settings.json")), encoding="utf-8")
    with (folder / "hub.log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "jupyterhub", "-f", str(config), "--no-ssl"]
        hub = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=os.environ | settings["environment"])
    try:
        yield {name: _start_server(settings, name, hub, folder / "hub.log") for name in users}
    finally:
        hub.terminate()  # it ends proxy and servers
        hub.wait(timeout=120)


def _settings(folder, users, environment):
    ports = _free_ports(3)
    config = str(folder / "etc")
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("RUNTIME", "DATA")}
    python = os.pathsep.join(path for path in sys.path if path and os.path.isdir(path))
    variables = own | {"JUPYTER_CONFIG_PATH": config, "PYTHONPATH": python}  # users have their own in ~/.jupyter
    return {
        "address": f"http://127.0.0.1:{ports[0]}",
        "hub_port": ports[1],
        "proxy_address": f"http://127.0.0.1:{ports[2]}",
        "proxy": _proxy(),
        "secret": secrets.token_hex(32),
        "users": list(users),
        "homes": str(folder / "homes"),
        "server": [sys.executable, "-m", "jupyterhub.singleuser"],
        "arguments": ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else [],
        "environment": variables | environment,
    }


def _free_ports(number):
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(number)]
        for listener in held:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in held]


def _write_server_config(folder, course_id):
    """The machine's configuration: the extensions of nbgrader, and its exchange."""
    (folder / "etc").mkdir()
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    (folder / "etc" / "jupyter_server_config.json").write_text(json.dumps(SERVER_CONFIG), encoding="utf-8")
    lines = [f"c.Exchange.root = {str(folder / 'exchange')!r}", f"c.CourseDirectory.course_id = {course_id!r}"]
    (folder / "etc" / "nbgrader_config.py").write_text("\n".join(["c = get_config()", *lines, ""]), encoding="utf-8")


def _start_server(settings, name, hub, log, patience=300):
    """Start a user's server, and wait until it answers."""
    api = f"{settings['address']}/hub/api"
    end = time.monotonic() + patience
    _until(lambda: _request(api, settings["secret"]), hub, log, end)
    with contextlib.suppress(urllib.error.HTTPError):
        _request(f"{api}/users/{name}", settings["secret"], b"")
    token = _request(f"{api}/users/{name}/tokens", settings["secret"], b"{}")["token"]
    with contextlib.suppress(urllib.error.HTTPError):
        _request(f"{api}/users/{name}/server", settings["secret"], b"")
    user = User(name, settings["address"], token)
    _until(lambda: user.request("api/status"), hub, log, end)
    return user


def _until(answers, hub, log, end):
    while True:
        assert hub.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        try:
            return answers()
        except OSError:  # HTTPError among them
            assert time.monotonic() < end, log.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.3)


def _request(address, token, data=None):
    message = urllib.request.Request(address, data=data, headers={"Authorization": f"token {token}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(message, timeout=300) as reply:
        text = reply.read().decode("utf-8")
    return json.loads(text) if text.startswith(("{", "[")) else text  # nbgrader calls its JSON HTML
