"""What can go wrong. Each text is the sentence that the command line would print."""

__all__ = [
    "DataError",
    "Error",
    "FileError",
    "FitError",
    "ModelError",
    "NotCalibratedError",
    "NotSupportedError",
    "Note",
    "SettingError",
]


class Error(Exception):
    """Anything that Elbow refuses."""


class DataError(Error, ValueError):
    """Rows that cannot be used: says which row and column, and what to do."""


class ModelError(Error, ValueError):
    """The bytes of a model file are damaged, or of another version."""


class SettingError(Error, ValueError):
    """A setting that there is not, or a value that it does not take."""


class FitError(Error, RuntimeError):
    """The fit failed."""


class FileError(Error, OSError):
    """A file cannot be read or written."""


class NotCalibratedError(Error, ValueError):
    """Verdicts need an alarm threshold, and the model has none."""


class NotSupportedError(Error, NotImplementedError):
    """Models of this kind cannot do it."""


class Note(UserWarning):
    """What is worth knowing though the work was done."""
