"""How `make` installs: with uv as pip is configured, with pip where uv fails, and anew after an interruption."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tlcourse.commands import install

PYTHON = f"""#!{sys.executable}
import json, os, sys
with open("calls", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[2:4] == ["pip", "config"]:
    print("global.index-url='https://index.invalid/simple'")
if sys.argv[2:4] == ["pip", "install"] and os.path.exists("offline"):
    sys.exit("no network")
"""
UV = f"""#!{sys.executable}
import json, os, sys
with open("calls", "a") as file:
    file.write(json.dumps(["uv", *sys.argv[1:], os.environ.get("UV_DEFAULT_INDEX")]) + "\\n")
if os.path.exists("uv-fails"):
    sys.exit("error: something\\n  no such index\\n")
"""
posix = pytest.mark.skipif(os.name == "nt", reason="its programs are scripts")


def script(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder to install into, where Python, pip and uv only note what they are asked to do."""
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    script(tmp_path / "path" / "uv", UV)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    run = subprocess.run

    def make_venv(command, **options):
        if command[1:3] != ["-m", "venv"]:
            return run(command, **options)
        venv.create(".venv", clear=True, with_pip=False)
        install.PYTHON.unlink()
        script(install.PYTHON, PYTHON)
        script(install.BIN / "uv", UV)
        with open("calls", "a", encoding="utf-8") as file:
            file.write(json.dumps(["venv"]) + "\n")
        return None

    monkeypatch.setattr(subprocess, "run", make_venv)
    return tmp_path


def calls(course):
    """What was asked for since the last time, but for the look at pip's settings and the place of the packages."""
    lines = [json.loads(line) for line in (course / "calls").read_text(encoding="utf-8").splitlines()]
    (course / "calls").unlink()
    return [line for line in lines if line[1:3] != ["pip", "config"] and line[:1] != ["-c"]]


def stamps(course):
    return {file.name for file in (course / ".venv").glob(".*") if file.name != ".gitignore"}


@posix
def test_installs_with_uv_from_the_index_that_pip_uses(course):
    install.main(["lab", "dev"])
    made, installed, compiled = calls(course)
    assert made == ["venv"]
    assert installed[:3] == ["uv", "pip", "install"]
    assert installed[-5:] == ["-c", "constraints.txt", "-e", ".[lab,dev]", "https://index.invalid/simple"]
    assert compiled[:2] == ["-m", "compileall"]
    assert stamps(course) == {".lab", ".dev"}


@posix
def test_pip_brings_uv_where_there_is_none(course):
    (course / "path" / "uv").unlink()
    install.main(["lab"])
    _, brought, installed, _ = calls(course)
    assert brought == ["-m", "pip", "install", "-qq", "--disable-pip-version-check", "-c", "constraints.txt", "uv"]
    assert installed[:3] == ["uv", "pip", "install"]


@posix
def test_pip_installs_where_uv_fails(course, capsys):
    (course / "uv-fails").touch()
    install.main(["lab"])
    _, _, installed, _ = calls(course)
    assert installed[:3] == ["-m", "pip", "install"]
    assert installed[-4:] == ["-c", "constraints.txt", "-e", ".[lab]"]
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "uv" in line]
    assert "no such index" in line
    assert stamps(course) == {".lab"}


@posix
def test_an_interrupted_installation_is_made_anew(course):
    for missing in ("uv-fails", "offline"):
        (course / missing).touch()
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            install.main(["lab"])
        assert calls(course)[0] == ["venv"]
        assert stamps(course) == {".unfinished"}


@posix
def test_a_complete_environment_is_added_to(course):
    install.main(["lab"])
    calls(course)
    install.main(["lab", "dev"])
    assert [call[0] for call in calls(course)] == ["uv", "-m"]
    assert stamps(course) == {".lab", ".dev"}


@posix
def test_an_environment_of_another_python_is_made_anew(course):
    install.main(["lab"])
    calls(course)
    settings = course / ".venv" / "pyvenv.cfg"
    settings.write_text("home = /usr/bin\nversion = 3.10.1\n", encoding="utf-8")
    install.main(["lab"])
    assert calls(course)[0] == ["venv"]


def test_uv_gets_the_settings_of_pip_unless_it_has_its_own():
    pip = {
        "index-url": "https://a.invalid/simple",
        "extra-index-url": "\nhttps://b.invalid/simple\nhttps://c.invalid/simple",
        "find-links": "/wheels /more",
        "trusted-host": "a.invalid b.invalid",
        "cert": "/etc/certificates.pem",
        "timeout": "60",
        "quiet": "1",
    }
    settings = install.uv_settings(pip, {})
    assert settings == {
        "UV_DEFAULT_INDEX": "https://a.invalid/simple",
        "UV_INDEX": "https://b.invalid/simple https://c.invalid/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INSECURE_HOST": "a.invalid b.invalid",
        "SSL_CERT_FILE": "/etc/certificates.pem",
        "UV_HTTP_TIMEOUT": "60",
    }
    own = install.uv_settings(pip, {"UV_INDEX_URL": "https://d.invalid", "SSL_CERT_FILE": "/mine"})
    assert own == {"UV_INSECURE_HOST": "a.invalid b.invalid", "UV_HTTP_TIMEOUT": "60"}
    assert install.uv_settings({}, {}) == {}


@posix
def test_pips_settings_are_read_in_its_own_order(tmp_path, monkeypatch):
    listing = [
        "global.index-url='https://a.invalid'",
        "install.index-url='https://b.invalid'",
        "global.default-timeout='30'",
        "freeze.timeout='10'",
        ":env:.index-url='https://c.invalid'",
        r"global.extra-index-url='\nhttps://d.invalid\nhttps://e.invalid'",
    ]
    script(tmp_path / "python", f"#!{sys.executable}\nprint({chr(10).join(listing)!r})\n")
    monkeypatch.setattr(install, "PYTHON", tmp_path / "python")
    assert install.pip_settings() == {
        "index-url": "https://c.invalid",
        "timeout": "30",
        "extra-index-url": "\nhttps://d.invalid\nhttps://e.invalid",
    }


def test_the_script_needs_nothing_but_python():
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({install.__file__!r})"], capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert Path(install.__file__).resolve().parents[2] == install.ROOT
