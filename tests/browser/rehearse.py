"""Binder and Colab, rehearsed in environments of their own: `make rehearse`. Not part of `make test`.

What cannot be had without them: their machines, their network, their pages around the notebook.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from importlib.metadata import distributions

import nbformat
import pytest
from changed import has_explorer
from files import files
from hands import move, table, weights
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from places import BOOK, CHAPTERS, ROOT
from test_lab import ask, run_all, serving, wait_for

from sphinx_ext.execution import never_asleep
from sphinx_ext.repository import filled_in, repository_url, revision

HERE = ROOT / "_build" / "rehearsal"
TOOLS = ROOT / "_build" / "tools"
PYTHON = (ROOT / ".binder" / "runtime.txt").read_text().strip().replace("-", "")
ONLY_FOR_AUTHORS = {"sphinx", "jupyter-book", "myst-nb", "pytest", "playwright", "nbval", "hypothesis"}
ONLY_FOR_AUTHORS |= {"mypy", "ruff", "autograd", "pytest-playwright", "sphinx-book-theme"}


def surroundings():
    """The environment, without what would make another Python believe that it is this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}


def run(*command, cwd=ROOT, **environment):
    """Run a command that must succeed; gives what it said."""
    command = [str(part) for part in command]
    done = subprocess.run(
        command, cwd=cwd, env={**surroundings(), **environment}, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    return done.stdout + done.stderr


def report(line):
    print(f"\n  {line}", flush=True)
    with (HERE / "report.txt").open("a") as file:
        file.write(line + "\n")


def megabytes(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def environment(name, python, requirements):
    """Make a virtual environment; gives its bin folder."""
    run(python, "-m", "venv", HERE / name)
    bin_folder = HERE / name / "bin"
    run(bin_folder / "pip", "install", "--disable-pip-version-check", *requirements)
    return bin_folder


def execute(bin_folder, notebook, **settings):
    """Run a notebook in its own folder, on the environment's kernel; gives it, and how long it took."""
    never_asleep()
    start = time.monotonic()
    ran = nbformat.read(notebook, as_version=4)
    specs = KernelSpecManager(kernel_dirs=[str(bin_folder.parent / "share" / "jupyter" / "kernels")])
    specs.ensure_native_kernel = False  # that one would be ours
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    manager.kernel_spec.argv[0] = str(bin_folder / "python")
    client = NotebookClient(ran, timeout=600, km=manager, resources={"metadata": {"path": notebook.parent}})
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    client.execute(cleanup_kc=True, env={**surroundings(), "PATH": path, **settings})
    return ran, time.monotonic() - start


@pytest.fixture(scope="session")
def repository():
    """A repository with what stands in the work tree, as a push would bring it."""
    shutil.rmtree(HERE, ignore_errors=True)
    folder = HERE / "repository"
    folder.mkdir(parents=True)
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    run("git", "init", "-q", "-b", "main", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a"}
    run("git", "commit", "-qm", "All", cwd=folder, **author, GIT_COMMITTER_EMAIL="a@b")
    return folder


def test_repo2docker_accepts_what_binder_reads(repository):
    said = run(TOOLS / "bin" / "repo2docker", "--no-build", "--debug", repository)
    assert f"Building conda environment for python={PYTHON.removeprefix('python')}" in said
    # The packages come after the whole repository, which their file refers to.
    install = 'RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r ".binder/requirements.txt"'
    assert "COPY --chown=0:0 src/ ${REPO_DIR}/" in said.split(install)[0]
    assert said.count(install) == 1


def brought_by_the_image():
    """What repo2docker asks for in its image, at the versions of its lock, by their names on PyPI."""
    (folder,) = TOOLS.glob("lib/python*/site-packages/repo2docker/buildpacks/conda")
    version = PYTHON.removeprefix("python")
    names = re.findall(r"^- ([a-z_-]+)==", (folder / f"environment.py-{version}.yml").read_text(), re.M)
    lock = (folder / f"environment.py-{version}-linux-64.lock").read_text()
    found = dict(re.findall(r"/([a-z_-]+)-(\d[\w.]*)-[^/]*\.conda", lock))
    assert {"jupyterlab", "ipywidgets", "jupyter_server"} <= set(names)
    return [f"{name.removesuffix('-singleuser')}=={found[name]}" for name in names]


@pytest.fixture(scope="session")
def binder(repository):
    """What Binder would install, in a fresh environment."""
    python = shutil.which(PYTHON)
    assert python, f"Binder's Python is {PYTHON}, and there is none here"
    start = time.monotonic()
    image = brought_by_the_image()
    bin_folder = environment("binder", python, image)
    before = megabytes(HERE / "binder")
    # As in the image: from the repository's folder, with the file's own references.
    run(bin_folder / "pip", "install", "--no-cache-dir", "-r", ".binder/requirements.txt", cwd=repository)
    run(bin_folder / "pip", "check")
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    run(repository / ".binder" / "postBuild", cwd=repository, PATH=path)
    after = megabytes(HERE / "binder")
    report(f"Binder's image brings {' '.join(image)}")
    report(
        f"Binder: {after:.0f} MB installed, {after - before:.0f} MB of them by .binder/, "
        f"in {time.monotonic() - start:.0f} s"
    )
    return bin_folder


def test_nothing_for_authors_is_installed_on_binder(binder):
    (packages,) = (HERE / "binder").glob("lib/python*/site-packages")
    names = {
        found.metadata["Name"].lower().replace("_", "-") for found in distributions(path=[str(packages)])
    }
    assert {"numpy", "matplotlib", "anywidget", "jupyterlab-myst", "jupyterlab"} <= names
    assert names & ONLY_FOR_AUTHORS == set()
    report(f"Binder: {len(names)} packages, none of them {', '.join(sorted(ONLY_FOR_AUTHORS))}")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapter_runs_on_binder(binder, repository, chapter):
    notebook = repository / "chapters" / f"{chapter}.ipynb"
    kept = notebook.read_bytes()
    _, seconds = execute(binder, notebook)
    notebook.write_bytes(kept)
    report(f"Binder: {chapter} ran in {seconds:.0f} s, the kernel's start included")


@pytest.fixture(scope="session")
def lab(binder, repository):
    with serving(repository, binder / "python") as answers:
        yield answers


def launch_path(chapter):
    """The path that JupyterLab is given by the chapter's launch button, if the book has any."""
    page = (BOOK / "chapters" / f"{chapter}.html").read_text("utf-8")
    found = set(re.findall(r'href="https://mybinder\.org/v2/gh/[^"]*\?urlpath=lab/tree/([^"]*)"', page))
    (path,) = found if repository_url(ROOT) else [f"chapters/{chapter}.ipynb"]
    return path


def test_a_reader_on_binder_moves_a_slider_and_python_sees_it(lab, browser):
    with run_all(lab, browser, launch_path("architecture")) as (page, client):
        a_slider_moves_and_python_sees_it(page, client)
        assert page.get_by_text("Jupyter news").count() == 0  # JupyterLab's question at its first start


def a_slider_moves_and_python_sees_it(page, client):
    ask(client, "1")  # answered once every cell has run
    assert page.get_by_text("Traceback (most recent call last)").count() == 0
    explorer = page.locator('.jp-Notebook [data-explorer="cell"]').first
    move(explorer, "b_f", -1.25)
    assert wait_for(lambda: ask(client, "explorer.b_f") == -1.25)
    ours = ask(client, "explorer.trace().h.ravel().tolist()")
    assert table(explorer)["h"] == pytest.approx(ours, rel=0, abs=1e-12)
    ask(client, "setattr(explorer, 'w_i', 3.21)")
    assert wait_for(lambda: weights(explorer)["w_i"] == 3.21)

    # MyST in text cells is drawn, not shown as it is written: verdicts folded, mathematics set.
    text = page.locator(".jp-MarkdownCell").all_inner_texts()
    assert not [cell for cell in text if ":::" in cell or "{admonition}" in cell or "$$" in cell]
    folds = (ROOT / "chapters" / "architecture.ipynb").read_text("utf-8").count(":::{dropdown}")
    assert page.locator(".jp-MarkdownCell details").count() == folds > 0
    assert page.locator(".jp-MarkdownCell .katex").count() > 10
    page.screenshot(path=HERE / "binder.png")


@pytest.fixture(scope="session")
def colab(repository):
    """Colab's own packages, and a `google.colab` that is there when a kernel starts."""
    python = shutil.which("python3.12")  # Colab's
    if not python or subprocess.run([python, "--version"], capture_output=True).returncode:
        python = sys.executable
    bin_folder = environment("colab", python, ["-r", ROOT / "tests" / "browser" / "colab.txt"])
    (packages,) = (HERE / "colab").glob("lib/python*/site-packages")
    (packages / "google" / "colab").mkdir(parents=True)
    (packages / "google" / "colab" / "__init__.py").touch()
    (packages / "colab.pth").write_text("import google.colab\n")
    return bin_folder


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_notebook_alone_installs_and_runs_on_colab(colab, repository, chapter):
    folder = HERE / f"colab-{chapter}"
    folder.mkdir()
    notebook = folder / f"{chapter}.ipynb"
    stored = (BOOK / "colab" / f"{chapter}.ipynb").read_text("utf-8")
    url = "https://github.com/who/whatever"
    notebook.write_text(filled_in(stored, f"{url}@{revision(repository)}"), "utf-8")
    run(colab / "pip", "uninstall", "-y", "lstm_lib")
    # As a build fills it in where it knows the repository: git takes that from here.
    instead = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{repository}.insteadOf"}
    ran, seconds = execute(colab, notebook, **instead, GIT_CONFIG_VALUE_0=url)
    shown = [output for cell in ran.cells for output in cell.get("outputs", [])]
    explorers = [
        output for output in shown if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert len(explorers) == sum(map(has_explorer, ran.cells))
    assert "lstm_lib" in run(colab / "pip", "freeze")
    report(f"Colab: {chapter} installed and ran in {seconds:.0f} s, {len(explorers)} explorers")
