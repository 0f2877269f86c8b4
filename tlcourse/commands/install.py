"""Make the environment in `.venv` and install the course there; `make` runs this file before its first command.

It runs under the Python that the user has, before anything is installed, so it imports the standard library only. uv
installs the packages in about a third of pip's time. Where uv fails, pip takes over. constraints.txt pins the versions
for both. Bytecode is then compiled on all cores for everything but the packages' own tests.
"""

import ast
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(".venv")  # in ROOT, which is the working directory of all that runs here
BIN, EXE = (VENV / "Scripts", ".exe") if os.name == "nt" else (VENV / "bin", "")
PYTHON = BIN / f"python{EXE}"
CONSTRAINTS = ("-c", "constraints.txt")
QUIET_PIP = (str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check")
NOT_COMPILED = r"[/\\](tests?|_vendored|_tf_keras)[/\\]"
# pip's settings and the variables with which uv takes the same. uv reads neither pip.conf nor PIP_*.
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
    """Install the course with extras, and leave a stamp for each in `.venv`: a file named after it, such as `.lab`.

    Parameters
    ----------
    extras : list of str
        Names in ``[project.optional-dependencies]`` of pyproject.toml.

    Raises
    ------
    SystemExit
        With pip's status if neither uv nor pip can install; there is no stamp then.
    """
    os.chdir(ROOT)
    print(f"Setting up {VENV} ({', '.join(extras)}): about half a minute, or the time of the downloads", flush=True)
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
    """Whether a complete environment stands in `.venv`, made by this very version of Python."""
    settings = VENV / "pyvenv.cfg"
    if not (VENV / ".lab").exists() or not settings.is_file():
        return False
    pairs = (line.partition("=") for line in settings.read_text(encoding="utf-8").splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}.get("version") == platform.python_version()


def install_with_uv(project):
    """Install with the uv on PATH, or with one that pip brings into `.venv`.

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
        print(f"uv could not install the packages ({reason}). pip installs them, which takes longer.", flush=True)
        return False
    return True


def run_quietly(command, env=None):
    """Run a command; what it prints is in the CalledProcessError that a failure raises."""
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=True, env=env).stdout


def pip_settings():
    """pip's configuration, from its files and from PIP_* variables.

    Returns
    -------
    dict of str to str
        Values by pip's option names. The environment overrides files, and [install] overrides [global], as in pip.
    """
    settings = {"global": {}, "install": {}, ":env:": {}}
    for line in run_quietly([str(PYTHON), "-m", "pip", "config", "list"]).splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in settings and value:
            settings[section][option.removeprefix("default-")] = ast.literal_eval(value)
    return {**settings["global"], **settings["install"], **settings[":env:"]}


def uv_settings(pip, environment):
    """Variables that have uv use the index, certificates and proxy that pip is configured with.

    Parameters
    ----------
    pip : dict of str to str
        From `pip_settings`.
    environment : mapping
        Variables of uv that are set there stay as they are. If one of them names an index, none is added.

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
    if "UV_INDEX" in settings:  # pip takes the newest version of all indexes, uv that of the first that has the package
        settings["UV_INDEX_STRATEGY"] = environment.get("UV_INDEX_STRATEGY") or "unsafe-best-match"
    return settings


def compile_bytecode():
    """Compile the installed packages on all cores: TensorFlow is then imported in 2 seconds instead of 6.

    uv leaves this to the first import. That would happen in several processes at once, and not at all where
    PYTHONDONTWRITEBYTECODE is set.
    """
    packages = run_quietly([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    command = [str(PYTHON), "-m", "compileall", "-qq", "-j", "0", "-x", NOT_COMPILED, packages]
    subprocess.run(command)  # a file that does not compile is none that is imported


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
