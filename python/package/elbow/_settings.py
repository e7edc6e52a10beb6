"""From the parameters of :class:`elbow.Density` to the flags of ``elbow fit``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elbow.errors import SettingError

#: parameters that are flags of the same names
FLAGS = (
    "latent", "prior", "hidden", "decoder_hidden", "activation", "likelihood", "weights", "objective",
    "epochs", "warmup", "batch", "lr", "lr_schedule", "patience", "clip_norm", "weight_decay", "ema",
    "posterior_norm", "input_noise", "input_mask", "hide", "resolution", "valid", "valid_samples",
    "ensemble", "clip", "scaling",
)  # fmt: skip

#: flags of ``elbow fit`` that say how a file becomes rows
OF_FILES = (
    "window", "hop", "labels", "normal", "columns", "drop", "categorical", "all_columns", "delimiter",
    "decimal", "no_header", "missing", "key", "time", "gap", "rows", "until", "max_memory",
)  # fmt: skip


def flags(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The flags, in the words of the command line; what is None is left out."""
    more = {name.replace("-", "_"): value for name, value in (given["more"] or {}).items()}
    for name in more:
        if name in OF_FILES:
            raise SettingError(f"more: {name} is for files; pass the rows that are to be fitted")
        if name in given:
            raise SettingError(f"more: {name} is a parameter of its own; give it as {name}=")
    named = [(name, given[name]) for name in FLAGS if given[name] is not None]
    model = _model(given["auto"], given["mixture"], [name for name, _ in named])
    return [
        *([] if model is None else [("model", model)]),
        *((name.replace("_", "-"), _word(name, value)) for name, value in named),
        *((name.replace("_", "-"), _word(name, value)) for name, value in more.items()),
        ("seed", _word("seed", given["seed"])),
    ]


def _model(auto: bool | None, mixture: int | str | None, networks: list[str]) -> str | None:
    """The word of the model; None for a network. Without any setting the data choose."""
    if mixture is not None:
        if auto:
            raise SettingError("auto=True chooses the mixture; leave mixture out")
        return f"gmm:{mixture}" if isinstance(mixture, int) else mixture
    of_network = [name for name in networks if name not in ("clip", "scaling", "valid", "valid_samples")]
    if auto is None:
        auto = not of_network
    if auto and of_network:
        raise SettingError(f"auto=True fits a mixture, which has no {of_network[0]}; leave one of them out")
    return "auto" if auto else None


def _word(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)) or hasattr(value, "__len__"):
        return ",".join(str(part) for part in value) or "none"
    if isinstance(value, bool):
        raise SettingError(f"{name}={value}: give a number or a word")
    return str(value)
