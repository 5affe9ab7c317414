"""What a person can do here, by role."""

from bot.commands import COMMANDS
from bot.views.markup import Rendered, bold, lines, paragraphs, plain
from core.model.people import Person, Role

ROLE_WORDS = {
    Role.OWNER: "You run this desk: you get its alerts, hold a countdown and unlock accounts.",
    Role.ADMIN: "You help to run this desk: you see every account and may pause trading.",
    Role.TRADER: "Signals arrive here as cards. A tap on Approve trades one on your own account.",
}


def help_text(desk_name: str, support: str, person: Person) -> Rendered:
    roles = [words for role, words in ROLE_WORDS.items() if role in person.roles]
    commands = [f"{plain(c.form)} – {plain(c.description)}" for c in COMMANDS if c.is_for(person)]
    return Rendered(
        paragraphs(
            bold(desk_name, 80), lines(*roles), lines(*commands), plain(support, 200) if support else None
        )
    )
