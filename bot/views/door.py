"""What is said at the door: to strangers, to those who are let in, and to who decides about them."""

from collections.abc import Mapping, Sequence

from aiogram.enums import ButtonStyle
from aiogram.types import CopyTextButton, InlineKeyboardButton

from bot.buttons.people import AskToJoinTap, InviteAct, InviteTap, KnockAct, KnockTap
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words
from bot.words.html import Html, bold, code, italic, lines, paragraphs, plain
from core.model.ids import PersonId
from core.model.joining import Invite, Knock, KnockState
from core.model.people import Person, Role
from core.people.door import Asking

NAME_LIMIT = 64
SUPPORT_LIMIT = 200
SHOWN = 20


def refusal(support: str, ask: Asking, words: Words) -> Rendered:
    """To a stranger at the door of a desk that lets people ask; the button is there while asking helps."""
    if ask is not Asking.SENT:
        return Rendered(words(f"join-{ask}"))
    text = lines(words("reply-private-desk"), words("join-may-ask"), plain(support, SUPPORT_LIMIT))
    return Rendered(text, keyboard([button(words.label("join-ask"), AskToJoinTap(), ButtonStyle.PRIMARY)]))


def welcome(desk_name: str, person: Person, words: Words) -> Rendered:
    """To who has come in by an invite."""
    roles = roles_text(person.roles, words)
    return Rendered(words("invite-welcome", desk=desk_name[:NAME_LIMIT], name=person.name, roles=roles))


def roles_text(roles: frozenset[Role], words: Words) -> str:
    return ", ".join(words.label(f"role-{role}") for role in Role if role in roles)


def at_door(knock: Knock, reader: Person, decider: str, words: Words) -> Rendered:
    """A stranger, as who may let people in sees them. The name is what they call themselves."""
    title = words("knock-asks" if knock.state is KnockState.ASKED or knock.asks else "knock-wrote")
    who = _who(knock, words)
    if knock.is_open:
        hint = words("knock-hint" if knock.state is KnockState.ASKED else "knock-hint-told")
        return Rendered(lines(title, who, italic(hint)), keyboard(*_decisions(knock, reader, words)))
    role = words.label(f"role-{knock.role}") if knock.role else ""
    return Rendered(lines(title, who, words(f"knock-{knock.state}", by=decider[:NAME_LIMIT], role=role)))


def former(knock: Knock, words: Words) -> Rendered:
    """What stays of a message when a new one takes its place, below."""
    return Rendered(lines(words("knock-wrote"), _who(knock, words)))


def _who(knock: Knock, words: Words) -> Html:
    return words("knock-who", name=bold(knock.name, NAME_LIMIT), id=code(knock.telegram_id))


def _decisions(knock: Knock, reader: Person, words: Words) -> list[list[InlineKeyboardButton]]:
    let_in = [
        button(words.label(f"knock-let-in-{role}"), KnockTap(act=act, knock=knock.id), ButtonStyle.SUCCESS)
        for act, role in ((KnockAct.TRADER, Role.TRADER), (KnockAct.VIEWER, Role.VIEWER))
        if role in reader.gives
    ]
    act = KnockAct.DECLINE if knock.state is KnockState.ASKED else KnockAct.IGNORE
    no = words.label("no" if act is KnockAct.DECLINE else "knock-ignore")
    decline = [button(no, KnockTap(act=act, knock=knock.id))]
    return [let_in, decline] if let_in else [decline]


def invited(invite: Invite, link: str, words: Words) -> Rendered:
    """A new invite: the link is shown this once."""
    text = paragraphs(
        words("invites-made", role=words.label(f"role-{invite.role}"), n=invite.uses),
        Html(link),
        lines(
            words("invites-until", until=words.date_time(invite.expires_at)), italic(words("invites-once"))
        ),
    )
    copy = InlineKeyboardButton(text=words.label("invites-copy"), copy_text=CopyTextButton(text=link))
    return Rendered(text, keyboard([copy], [_revoke(invite, words.label("invites-revoke"))], [_all(words)]))


def invites(
    open_now: Sequence[Invite], names: Mapping[PersonId, str], reader: Person, words: Words
) -> Rendered:
    """Those that can be used still, each with its end; and a new one for each role that the reader gives."""
    shown = open_now[:SHOWN]
    listed = [_listed(invite, names.get(invite.created_by, "?"), words) for invite in shown]
    new = [
        button(words.label(f"invites-new-{role}"), InviteTap(act=InviteAct.NEW, role=role))
        for role in Role
        if role in reader.gives
    ]
    revokes = [_revoke(invite, words.label("invites-revoke-one", number=str(invite.id))) for invite in shown]
    title = bold(words("invites-title")) if shown else words("invites-none")
    more = words("more", n=len(open_now) - SHOWN) if len(open_now) > SHOWN else None
    rows = [*in_rows(revokes, 2), *in_rows(new, 2)]
    return Rendered(paragraphs(title, lines(*listed, more), italic(words("invites-how"))), keyboard(*rows))


def revoked(invite: Invite, words: Words) -> Rendered:
    text = words("invites-revoked", number=str(invite.id), role=words.label(f"role-{invite.role}"))
    return Rendered(text, keyboard([_all(words)]))


def _listed(invite: Invite, maker: str, words: Words) -> Html:
    return words(
        "invites-line",
        number=str(invite.id),
        role=words.label(f"role-{invite.role}"),
        left=invite.left,
        until=words.date_time(invite.expires_at),
        by=maker[:NAME_LIMIT],
    )


def _revoke(invite: Invite, label: str) -> InlineKeyboardButton:
    return button(label, InviteTap(act=InviteAct.REVOKE, invite=invite.id), ButtonStyle.DANGER)


def _all(words: Words) -> InlineKeyboardButton:
    return button(words.label("invites-all"), InviteTap(act=InviteAct.LIST))
