"""What every section of `gateway.toml` has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file: no unknown key, no value of another type; its docstrings describe its keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        str_strip_whitespace=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )
