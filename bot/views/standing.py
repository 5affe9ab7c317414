"""Standing approvals: those that hold, the caps of a new one, its own text of consent."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.cards import StandingAct, StandingTap
from bot.views.cards.card import NAME_LIMIT, share
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, italic, lines, paragraphs
from core.model.accounts import Source
from core.model.ids import ApprovalId
from core.model.standing import STANDING_CONSENT_VERSION, StandingApproval

SHOWN = 20
LABEL_LIMIT = 24
PARTS = ("what", "risk", "end")


@dataclass(frozen=True, slots=True)
class Named:
    """One with the names of its account and source, and how many trades of today it has taken."""

    standing: StandingApproval
    account: str
    source: str
    taken: int = 0


def open_button(approval: ApprovalId, words: Words) -> InlineKeyboardButton:
    """Begins one for the source and the account of a card."""
    return button(words.label("standing-open"), StandingTap(act=StandingAct.CARD, of=approval))


def source_button(source: Source, words: Words) -> InlineKeyboardButton:
    """Begins one for a source."""
    label = words.label("standing-open-of", source=clip(source.name, LABEL_LIMIT))
    return button(label, StandingTap(act=StandingAct.SOURCE, of=source.id))


def standing_list(holding: Sequence[Named], words: Words) -> Rendered:
    """Those that hold, each with its way out, and the way to a new one."""
    new = button(words.label("standing-new"), StandingTap(act=StandingAct.NEW))
    revoking = [[_revoke(each.standing, words)] for each in holding[:SHOWN]]
    if not holding:
        text = paragraphs(bold(words("standing-title")), words("standing-none"))
    else:
        text = paragraphs(bold(words("standing-title")), *(_line(each, words) for each in holding[:SHOWN]))
    return Rendered(text, keyboard(*revoking, [new]))


def choose_source(sources: Sequence[Source], words: Words) -> Rendered:
    """Of which source; a sentence when there is none."""
    if not sources:
        return Rendered(words("standing-no-source"))
    rows = [
        [button(clip(one.name, NAME_LIMIT), StandingTap(act=StandingAct.SOURCE, of=one.id))]
        for one in sources[:SHOWN]
    ]
    return Rendered(words("standing-choose"), keyboard(*rows))


def draft_view(named: Named, words: Words) -> Rendered:
    """The caps, each turned by its button to the next value that is offered."""
    found = named.standing
    labels = {
        StandingAct.ACCOUNT: words.label("standing-turn-account", account=clip(named.account, LABEL_LIMIT)),
        StandingAct.LOTS: words.label("standing-turn-lots", lots=f"{found.max_lots:f}"),
        StandingAct.PER_DAY: words.label("standing-turn-day", n=found.max_per_day),
        StandingAct.RISK: words.label("standing-turn-risk", percent=_percent(found, words)),
        StandingAct.DAYS: words.label("standing-turn-days", n=found.days),
    }
    text = paragraphs(
        bold(words("standing-draft-title", source=clip(named.source, NAME_LIMIT))), words("standing-draft")
    )
    turning = [[_of(act, found, label)] for act, label in labels.items()]
    read = _of(StandingAct.READ, found, words.label("standing-read"), ButtonStyle.PRIMARY)
    drop = _of(StandingAct.REVOKE, found, words.label("cancel"))
    return Rendered(text, keyboard(*turning, [read], [drop]))


def consent_view(named: Named, words: Words) -> Rendered:
    """Its own text with all numbers, and the button that accepts exactly this version of it."""
    found = named.standing
    text = paragraphs(
        bold(words("standing-consent-title")),
        _caps(named, words),
        *(words(f"standing-consent-{part}") for part in PARTS),
        italic(words("standing-consent-version", version=STANDING_CONSENT_VERSION)),
    )
    data = StandingTap(
        act=StandingAct.ACCEPT,
        number=found.id,
        version=found.version,
        consent=STANDING_CONSENT_VERSION,
    )
    yes = button(words.label("standing-accept"), data, ButtonStyle.SUCCESS)
    back = _of(StandingAct.BACK, found, words.label("back"))
    return Rendered(text, keyboard([yes], [back]))


def accepted(named: Named, words: Words) -> Rendered:
    """Shown once it holds, with the way out."""
    number = words("standing-holds", number=str(named.standing.id))
    return Rendered(paragraphs(number, _line(named, words)), keyboard([_revoke(named.standing, words)]))


def revoked(number: int, words: Words) -> Rendered:
    return Rendered(words("standing-revoked", number=str(number)))


def dropped(words: Words) -> Rendered:
    return Rendered(words("standing-dropped"))


def _line(named: Named, words: Words) -> Html:
    found = named.standing
    number = bold(words("standing-number", number=str(found.id)))
    until = words.date_time(found.expires_at) if found.expires_at else ""
    held = words("standing-until", until=until, taken=named.taken, most=found.max_per_day)
    return lines(number, _caps(named, words), held)


def _caps(named: Named, words: Words) -> Html:
    found = named.standing
    return lines(
        words(
            "standing-where", source=clip(named.source, NAME_LIMIT), account=clip(named.account, NAME_LIMIT)
        ),
        words("standing-caps-lots", lots=words.lots(found.max_lots)),
        words("standing-caps-day", n=found.max_per_day),
        words("standing-caps-risk", percent=_percent(found, words)),
        words("standing-caps-days", n=found.days),
    )


def _percent(found: StandingApproval, words: Words) -> Html:
    return share(found.max_open_risk_percent, words)


def _revoke(found: StandingApproval, words: Words) -> InlineKeyboardButton:
    label = words.label("standing-revoke", number=str(found.id))
    return _of(StandingAct.REVOKE, found, label, ButtonStyle.DANGER)


def _of(
    act: StandingAct, found: StandingApproval, label: str, style: ButtonStyle | None = None
) -> InlineKeyboardButton:
    return button(label, StandingTap(act=act, number=found.id, version=found.version), style)
