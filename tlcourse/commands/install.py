"""Create the environment in `.venv` and install the course there; `make` runs this file before its first command.

This file runs in the user's own Python before anything is installed, so it imports only the standard library. uv
installs the packages in about a third of the time that pip takes. If uv fails, pip installs them. constraints.txt pins
the versions for both. Then all cores compile the bytecode of everything except the packages' own tests.
"""

import ast
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(".venv")  # in ROOT, which is the working directory of all commands below
BIN, EXE = (VENV / "Scripts", ".exe") if os.name == "nt" else (VENV / "bin", "")
PYTHON = BIN / f"python{EXE}"
CONSTRAINTS = ("-c", "constraints.txt")
QUIET_PIP = (str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check")
NOT_COMPILED = r"[/\\](tests?|_vendored|_tf_keras)[/\\]"
# pip's settings, and the variables that set the same for uv. uv reads neither pip.conf nor PIP_*.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
}


def main(extras):
    """Install the course with extras, and create a stamp file in `.venv` for each extra, such as `.lab`.

    Parameters
    ----------
    extras : list of str
        Names in ``[project.optional-dependencies]`` of pyproject.toml.

    Raises
    ------
    SystemExit
        With pip's exit status if neither uv nor pip can install the packages. Then no stamp file is created.
    """
    os.chdir(ROOT)
    print(f"Setting up {VENV} ({', '.join(extras)}). This takes half a minute, plus the downloads.", flush=True)
    unfinished = VENV / ".unfinished"
    if unfinished.exists() or not is_reusable():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    unfinished.touch()
    project = ("-e", f".[{','.join(extras)}]")
    if not install_with_uv(project):
        subprocess.run([*QUIET_PIP, "--no-compile", *CONSTRAINTS, *project], check=True)
    compile_bytecode()
    for extra in extras:
        (VENV / f".{extra}").touch()
    unfinished.unlink()


def is_reusable():
    """Whether `.venv` contains a complete environment that was created by this exact version of Python."""
    settings = VENV / "pyvenv.cfg"
    if not (VENV / ".lab").exists() or not settings.is_file():
        return False
    pairs = (line.partition("=") for line in settings.read_text(encoding="utf-8").splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}.get("version") == platform.python_version()


def install_with_uv(project):
    """Install with the uv on PATH, or with a uv that pip installs into `.venv`.

    Returns
    -------
    bool
        False if uv is not available or fails; a printed line gives the reason.
    """
    uv = shutil.which("uv")
    try:
        pip = pip_settings()
        if uv is None:
            run_quietly([*QUIET_PIP, *CONSTRAINTS, "uv"])
            uv = str(BIN / f"uv{EXE}")
        index = ["--no-index"] if pip.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *CONSTRAINTS, *index, *project]
        run_quietly(command, env={**os.environ, **uv_settings(pip, os.environ)})
    except (OSError, subprocess.CalledProcessError) as error:
        output = (getattr(error, "stderr", None) or "").strip() or str(error)
        reason = output.splitlines()[-1].strip()
        print(f"uv could not install the packages ({reason}). Using pip instead, which takes longer.", flush=True)
        return False
    return True


def run_quietly(command, env=None):
    """Run a command and return its output; if it fails, the output is in the CalledProcessError."""
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=True, env=env).stdout


def pip_settings():
    """pip's configuration, from its files and from PIP_* variables.

    Returns
    -------
    dict of str to str
        The value of each pip option. As in pip, the environment overrides files, and [install] overrides [global].
    """
    settings = {"global": {}, "install": {}, ":env:": {}}
    for line in run_quietly([str(PYTHON), "-m", "pip", "config", "list"]).splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in settings and value:
            settings[section][option.removeprefix("default-")] = ast.literal_eval(value)
    return {**settings["global"], **settings["install"], **settings[":env:"]}


def uv_settings(pip, environment):
    """Variables that make uv use the index, certificates and proxy that pip is configured with.

    Parameters
    ----------
    pip : dict of str to str
        From `pip_settings`.
    environment : mapping
        uv variables that are already set stay unchanged. If one of them names an index, no index is added.

    Returns
    -------
    dict of str to str
    """
    indexes = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
    own_indexes = any(environment.get(name) for name in indexes)
    settings = {}
    for option, variable in UV_VARIABLES.items():
        if pip.get(option) and not environment.get(variable) and not (own_indexes and variable in indexes):
            separator = "," if option == "find-links" else " "
            settings[variable] = separator.join(pip[option].split())
    if "UV_INDEX" in settings:  # pip compares all indexes, but uv stops at the first one that has the package
        settings["UV_INDEX_STRATEGY"] = environment.get("UV_INDEX_STRATEGY") or "unsafe-best-match"
    return settings


def compile_bytecode():
    """Compile the installed packages on all cores, so that importing TensorFlow takes 2 seconds instead of 6.

    uv leaves this work to the first import. Then several processes would compile at once, or none at all if
    PYTHONDONTWRITEBYTECODE is set.
    """
    packages = run_quietly([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    command = [str(PYTHON), "-m", "compileall", "-qq", "-j", "0", "-x", NOT_COMPILED, packages]
    subprocess.run(command)  # its status does not matter: nothing imports the files that do not compile


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
