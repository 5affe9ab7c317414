"""What every entry of the desk file is: frozen, without fields of other names, silent about its values."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from core.model.texts import is_hidden


def _shown(text: str) -> str:
    if any(map(is_hidden, text)):
        raise ValueError("control and format characters cannot be shown")
    return text


Shown = Annotated[str, AfterValidator(_shown)]
"""A name that stands in messages, logs and metrics."""


class Entry(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
