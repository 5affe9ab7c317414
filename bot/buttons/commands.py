"""A button that is a command."""

from typing import Annotated

from pydantic import Field

from bot.buttons.fields import DeskTap


class CommandTap(DeskTap, prefix="cmd", right=None):
    """A button that is a command: what a tap does is what the words would."""

    name: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]
    argument: Annotated[str, Field(pattern=r"^[A-Za-z0-9._#+-]{0,32}$")] = ""
