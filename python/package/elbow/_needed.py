"""Packages that only a part of the users has."""

from __future__ import annotations

import importlib
from typing import Any


def needed(module: str, what: str) -> Any:
    """A module of another package. Where it is not installed, says who asks for it and how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as missing:
        package = module.split(".")[0]
        raise ImportError(f"{what} need {package}: pip install {package}") from missing
