"""The notebook of the examples runs, and shows what it promises."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from gateway_process import GatewayProcess

NOTEBOOK = Path(__file__).parents[1] / "examples" / "quickstart.ipynb"


def test_the_quickstart_runs(process: GatewayProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_URL", process.url)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = "".join(output.get("text", "") for output in outputs)
    pages = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert "epoch 3 loss 0.30" in texts
    assert "ERROR node:" in texts
    assert "Hint: " in texts
    assert any("image/png" in output.get("data", {}) for output in outputs)
    # The first job was shown when it was queued, and changed in place.
    assert any("SUCCEEDED" in page for page in pages)
    assert any("FAILED" in page and "EXIT_CODE" in page for page in pages)
    assert not any("QUEUED</b>" in page for page in pages)


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not [cell for cell in notebook.cells if cell.get("outputs")]
