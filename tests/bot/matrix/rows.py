"""The table: each button that does something, how it comes before the right person, and what it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.buttons.accounts import (
    AccountAct,
    AccountsTap,
    AccountTap,
    LinkAct,
    LinkTap,
    RenewTap,
    RiskAct,
    RiskTap,
)
from bot.buttons.alerts import AcknowledgeTap, AlertsTap, QuietAct, QuietTap, RouteAct, RouteTap, WishTap
from bot.buttons.audit import AuditAct, AuditTap
from bot.buttons.cards import (
    CardAct,
    CardTap,
    ChartTap,
    RejectReason,
    RejectTap,
    SizeTap,
    StandingAct,
    StandingTap,
)
from bot.buttons.commands import CommandTap
from bot.buttons.divergences import DivergenceAct, DivergenceTap
from bot.buttons.fields import DeskTap
from bot.buttons.guard import (
    HoldTap,
    LiquidationAct,
    LiquidationTap,
    LockTap,
    PanicProgressTap,
    PanicTap,
    UnlockSureTap,
    UnlockTap,
)
from bot.buttons.people import (
    AskToJoinTap,
    BlockTap,
    ConsentTap,
    ForgetTap,
    InviteAct,
    InviteTap,
    KnockAct,
    KnockTap,
    LanguageTap,
    PersonAct,
    PersonTap,
    RolesTap,
    SettingsPage,
    SettingsTap,
    UsersTap,
    ZoneTap,
)
from bot.buttons.positions import (
    CloseAllAct,
    CloseAllTap,
    OrderAct,
    OrdersTap,
    OrderTap,
    PositionAct,
    PositionsTap,
    PositionTap,
    RequestTap,
)
from bot.buttons.reports import (
    CandlesTap,
    EquityTap,
    HealthTap,
    HistoryTap,
    PerformanceTap,
    QualityTap,
    SyncTap,
)
from bot.buttons.signals import (
    ComposeAct,
    ComposeTap,
    SignalsAct,
    SignalsTap,
    SignalTap,
    SourceTap,
    WithdrawTap,
)
from core.model.alerts import Family
from core.model.people import Language
from tests.bot.matrix.ways import (
    Step,
    a_card,
    a_group,
    a_position,
    a_terminal,
    alerted,
    an_order,
    cancelled_by_hand,
    closed_by_hand,
    gone,
    in_profit,
    later,
    liquidating,
    locked_by_guard,
    nina_is_new,
    opened_by_hand,
    over,
    password,
    paused_route,
    plugged_in,
    price,
    say,
    stop_taken_away,
    tap,
    time_to_undo,
    traded,
    two_that_fit,
)


@dataclass(frozen=True)
class Row:
    """The newest button of a kind with these facts, brought before a person by what is said and tapped.

    `effect` are the events that one tap makes, with what the broker does of it: so many `deals`; `truth` is
    what the person reads of it. `meanwhile` makes the button stale, unless it counts `always`. `each` is
    noted of every tap, the second too; `again` of one that comes when all of the first is done. `heard`:
    done only for who gets the answer. `remembered`: a restart forgets it, and the desk asks again.
    `like` names the row whose way through the code it shares: it is tapped once, twice and too late only.
    """

    by: str
    way: tuple[Step, ...]
    kind: type[DeskTap]
    fields: Mapping[str, Any] = field(default_factory=dict)
    effect: tuple[str, ...] = ()
    truth: str = ""
    deals: int = 0
    meanwhile: tuple[Step, ...] = ()
    always: bool = False
    each: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    heard: bool = False
    remembered: bool = False
    like: str = ""

    @property
    def act(self) -> object:
        """The act of the button; None for a class without acts."""
        return self.fields.get("act")


C, P, S, D = CardAct, PositionAct, StandingAct, DivergenceAct
L, A, R, K = LiquidationAct, AccountAct, RouteAct, KnockAct

REJECTING = (a_card, tap(CardTap, act=C.ASK_REASON))
UNDOING = (time_to_undo, a_card, tap(CardTap, act=C.APPROVE))
DRAFT = (say("/standing"), tap(StandingTap, act=S.NEW), tap(StandingTap, act=S.SOURCE))
READ = (*DRAFT, tap(StandingTap, act=S.READ))
REVOKING = (*READ, tap(StandingTap, act=S.ACCEPT), say("/standing"))
LOOK = (say("/positions"), tap(PositionTap, act=P.SHOW))
LOOK_AT_ORDER = (an_order, say("/orders"), tap(OrderTap, act=OrderAct.SHOW))
MINE = (say("/accounts"), tap(AccountTap, act=A.SHOW))
PICKED = (
    *MINE,
    tap(RiskTap, act=RiskAct.LIST),
    tap(RiskTap, act=RiskAct.SHOW),
    tap(RiskTap, act=RiskAct.PICK),
)
LINKING = (
    a_terminal, say("/accounts"), tap(LinkTap, act=LinkAct.START), tap(LinkTap, act=LinkAct.MT5),
    say("80001"), say("Broker-Demo"), password,
)  # fmt: skip
SIGNAL = (say("/signal BUY EURUSD @1.0850 SL 1.0820 TP 1.0890 30m"),)
SENT = (*SIGNAL, tap(ComposeTap, act=ComposeAct.SEND))
KNOCKED = (say("/start", "sam"), tap(AskToJoinTap, "sam"))
ROUTED = (a_group, say("/route"), tap(RouteTap, act=R.SHOW))
UNROUTED = (
    say("/route"),
    tap(RouteTap, act=R.SHOW),
    tap(RouteTap, act=R.ASK_REMOVE),
    tap(RouteTap, act=R.REMOVE),
)
FILLS = (say("/alerts"), tap(AlertsTap, family=Family.FILLS))
ORDERS = (say("/alerts"), tap(AlertsTap, family=Family.ORDERS))
QUIET = (say("/alerts"), tap(QuietTap, act=QuietAct.SHOW))
INVITES = (say("/users"), tap(InviteTap, act=InviteAct.LIST))
BLIND = {"reason": "no answer", "since": "2026-11-22T00:00:00+00:00"}
LAPSED = (later(31),)
ORDERED = ("order.asked", "order.sent", "order.filled")


def asked(ask: Step, *then: Step, before: Step = a_position) -> tuple[Step, ...]:
    """From a position to the question about it."""
    return (before, *LOOK, ask, *then)


CARDS = {
    "approve": Row(
        "tara", (a_card,), CardTap, {"act": C.APPROVE}, ("approval.decided", "order.sent", "order.filled"),
        "Filled", 1, meanwhile=(later(901),),
    ),
    "reject": Row(
        "tara", REJECTING, RejectTap, {"reason": RejectReason.SETUP}, ("approval.decided",), "Rejected",
        meanwhile=(later(901),),
    ),
    "half the size": Row(
        "tara", (a_card,), SizeTap, {"factor": Decimal("0.5")}, ("approval.resized",), "×0.5 by you",
        meanwhile=(tap(SizeTap, factor=Decimal(2)),),
    ),
    "undo": Row(
        "tara", UNDOING, CardTap, {"act": C.UNDO}, ("approval.undone",), "✅ Approve",
        meanwhile=(later(11), traded),
    ),
    "standing accepted": Row(
        "tara", READ, StandingTap, {"act": S.ACCEPT}, ("standing.accepted",), "holds from now on",
        meanwhile=(tap(StandingTap, act=S.BACK), tap(StandingTap, act=S.LOTS)),
    ),
    "standing revoked": Row(
        "tara", REVOKING, StandingTap, {"act": S.REVOKE}, ("standing.ended",), "is revoked",
        meanwhile=(say("/standing"), tap(StandingTap, act=S.REVOKE)),
        like="standing accepted",
    ),
}  # fmt: skip
SURE, DONE = {"sure": True}, "✅ Done"
POSITIONS = {
    "close": Row(
        "tara", asked(tap(PositionTap, act=P.CLOSE)), RequestTap, SURE, ORDERED, DONE, 1,
        meanwhile=(closed_by_hand,),
    ),
    "close half": Row(
        "tara", asked(tap(PositionTap, act=P.HALF)), RequestTap, SURE, ORDERED, DONE, 1, meanwhile=LAPSED,
        like="close",
    ),
    "break-even": Row(
        "tara", asked(tap(PositionTap, act=P.BREAK_EVEN), before=in_profit), RequestTap, SURE, ORDERED, DONE,
        meanwhile=LAPSED,
        like="close",
    ),
    "stop": Row(
        "tara", asked(tap(PositionTap, act=P.STOP), price(-60)), RequestTap, SURE, ORDERED, DONE,
        meanwhile=(closed_by_hand,),
        like="close",
    ),
    "target": Row(
        "tara", asked(tap(PositionTap, act=P.TARGET), price(80)), RequestTap, SURE, ORDERED, DONE,
        meanwhile=LAPSED,
        like="close",
    ),
    "no": Row(
        "tara", asked(tap(PositionTap, act=P.CLOSE)), RequestTap, {"sure": False}, (), "Nothing was changed",
        meanwhile=(tap(RequestTap, sure=True), traded),
        like="close",
    ),
    "cancel an order": Row(
        "tara", (*LOOK_AT_ORDER, tap(OrderTap, act=OrderAct.CANCEL)), RequestTap, SURE, ORDERED, DONE,
        meanwhile=(cancelled_by_hand,),
    ),
    "move an order": Row(
        "tara", (*LOOK_AT_ORDER, tap(OrderTap, act=OrderAct.MOVE), price(-120)), RequestTap, SURE, ORDERED,
        DONE, meanwhile=LAPSED,
        like="cancel an order",
    ),
    "close all": Row(
        "tara", (a_position, say("/closeall")), CloseAllTap, {"act": CloseAllAct.CLOSE},
        (*ORDERED, "account.close_all"), "n its way", 1, meanwhile=LAPSED, each=("account.close_all",),
    ),
}  # fmt: skip
DIVERGENCES = {
    "adopt": Row(
        "tara", (opened_by_hand,), DivergenceTap, {"act": D.ADOPT}, ("reconciliation.adopted",), "Adopted by",
        meanwhile=(over,),
    ),
    "ignore": Row(
        "tara", (opened_by_hand,), DivergenceTap, {"act": D.IGNORE}, ("reconciliation.ignored",),
        "Ignored by", meanwhile=(tap(DivergenceTap, "olga", act=D.IGNORE),),
        like="adopt",
    ),
    "accept": Row(
        "tara", (stop_taken_away,), DivergenceTap, {"act": D.ACCEPT}, ("reconciliation.accepted",),
        "Accepted by", meanwhile=(over,),
        like="adopt",
    ),
    "restore": Row(
        "tara", (stop_taken_away,), DivergenceTap, {"act": D.RESTORE},
        (*ORDERED, "reconciliation.restored"), "To be restored", meanwhile=(over,),
        again=(*ORDERED, "reconciliation.restored"),
    ),
    "choose": Row(
        "tara", (two_that_fit,), DivergenceTap, {"act": D.CHOOSE}, ("reconciliation.chosen",), "Chosen by",
        meanwhile=(over,),
        like="adopt",
    ),
    "write off": Row(
        "tara", (gone, tap(DivergenceTap, act=D.ASK_WRITE_OFF)), DivergenceTap, {"act": D.WRITE_OFF},
        ("reconciliation.written_off",), "Written off by", meanwhile=(over,),
        like="adopt",
    ),
}  # fmt: skip
GUARDS = {
    "close now": Row(
        "tara", (liquidating(),), LiquidationTap, {"act": L.NOW},
        ("liquidation.hurried", "liquidation.closing"), "Everything is being closed",
        meanwhile=(tap(LiquidationTap, "olga", act=L.NOW),),
    ),
    "hold": Row(
        "olga", (liquidating(), tap(LiquidationTap, act=L.HOLD)), HoldTap, {}, ("liquidation.held",),
        "Closing is held", meanwhile=(tap(LiquidationTap, "oscar", act=L.HOLD), tap(HoldTap, "oscar")),
    ),
    "end a hold": Row(
        "olga", (liquidating(held=True),), LiquidationTap, {"act": L.RELEASE}, ("liquidation.hold_ended",),
        meanwhile=(tap(LiquidationTap, "oscar", act=L.NOW),),
    ),
    "panic": Row(
        "olga", (a_position, say("/panic")), PanicTap, SURE,
        ("liquidation.started", "liquidation.started", "desk.panic"), "Panic: everything is being closed",
        meanwhile=LAPSED, each=("desk.panic",),
    ),
    "lock": Row(
        "olga", (alerted("drawdown_warned", percent="9"),), LockTap, {}, ("lock.set",), "Locked.",
        meanwhile=(tap(LockTap),),
    ),
    "unlock": Row(
        "olga", (say("/lock EURUSD wild"), say("/locks")), UnlockTap, {}, ("lock.released",),
        "EURUSD is unlocked", meanwhile=(say("/unlock EURUSD", "oscar"),),
    ),
    "unlock a guard's": Row(
        "olga", (locked_by_guard, say("/locks"), tap(UnlockTap)), UnlockSureTap, {"keep": False},
        ("account.unlocked",), "is unlocked", meanwhile=LAPSED,
    ),
    "acknowledge": Row(
        "olga", (alerted("drawdown_blind", **BLIND),), AcknowledgeTap, {}, ("alert.acknowledged",),
        "Olga has it in hand", meanwhile=(tap(AcknowledgeTap, "oscar"),),
    ),
}  # fmt: skip
TOLD = {
    "wish for a family": Row(
        "tara", FILLS, WishTap, {"kind": ""}, ("alert.wished",), "Noted", always=True,
        each=("alert.wished",),
    ),
    "wish for a kind": Row(
        "tara", ORDERS, WishTap, {"kind": "intent_refused"}, ("alert.wished",), "Noted", always=True,
        each=("alert.wished",),
        like="wish for a family",
    ),
    "quiet hours": Row(
        "tara", QUIET, QuietTap, {"act": QuietAct.SET}, ("alert.quiet",), "Quiet from", always=True,
        each=("alert.quiet",),
    ),
    "no quiet hours": Row(
        "tara", (*QUIET, tap(QuietTap, act=QuietAct.SET), *QUIET), QuietTap, {"act": QuietAct.OFF},
        ("alert.quiet",), "You have no quiet hours", always=True, each=("alert.quiet",),
        like="quiet hours",
    ),
    "route switched": Row(
        "olga", ROUTED, RouteTap, {"act": R.ON, "family": Family.LOCKS}, ("route.changed",), "✓ Locks",
        meanwhile=UNROUTED,
    ),
    "route resumed": Row(
        "olga", (a_group, paused_route, *ROUTED[1:]), RouteTap, {"act": R.RESUME}, ("route.resumed",),
        "Risk room", each=("route.resumed",), meanwhile=UNROUTED,
        like="route switched",
    ),
    "route removed": Row(
        "olga", (*ROUTED, tap(RouteTap, act=R.ASK_REMOVE)), RouteTap, {"act": R.REMOVE}, ("route.removed",),
        "No alerts go to any group", meanwhile=UNROUTED,
        like="route switched",
    ),
}  # fmt: skip
PEOPLE = {
    "invite": Row(
        "olga", INVITES, InviteTap, {"act": InviteAct.NEW}, ("invite.made",), "An invite for", always=True,
        each=("invite.made",),
    ),
    "invite revoked": Row(
        "olga", (say("/invite"), *INVITES), InviteTap, {"act": InviteAct.REVOKE}, ("invite.revoked",),
        "is taken back", meanwhile=(*INVITES, tap(InviteTap, act=InviteAct.REVOKE)),
    ),
    "ask to join": Row(
        "sam", (say("/start"),), AskToJoinTap, {}, ("join.asked",), "Your request is with the desk",
        meanwhile=(tap(KnockTap, "olga", act=K.TRADER),),
    ),
    "let in as trader": Row(
        "olga", KNOCKED, KnockTap, {"act": K.TRADER}, ("join.admitted", "person.joined"), "as trader",
        meanwhile=(tap(KnockTap, "adam", act=K.DECLINE),),
    ),
    "let in as viewer": Row(
        "olga", KNOCKED, KnockTap, {"act": K.VIEWER}, ("join.admitted", "person.joined"), "as viewer",
        meanwhile=(tap(KnockTap, "adam", act=K.TRADER),),
        like="let in as trader",
    ),
    "declined": Row(
        "olga", KNOCKED, KnockTap, {"act": K.DECLINE}, ("join.declined",), "said no",
        meanwhile=(tap(KnockTap, "adam", act=K.TRADER),),
    ),
    "ignored": Row(
        "olga", (say("/start", "sam"),), KnockTap, {"act": K.IGNORE}, ("join.ignored",), "ignores this",
        meanwhile=(tap(KnockTap, "oscar", act=K.TRADER),),
        like="declined",
    ),
    "roles": Row(
        "olga", (say("/role Tom trader viewer"),), RolesTap, {}, ("person.roles",), "Tom is now",
        meanwhile=(say("/role Tom viewer", "oscar"), tap(RolesTap, "oscar")),
    ),
    "block": Row(
        "olga", (say("/block Tom"),), BlockTap, {"block": True}, ("person.blocked",), "Tom is blocked",
        meanwhile=(say("/block Tom", "oscar"), tap(BlockTap, "oscar")),
    ),
    "unblock": Row(
        "olga", (say("/block Tom"), tap(BlockTap), say("/unblock Tom")), BlockTap, {"block": False},
        ("person.unblocked",), "is let in again",
        meanwhile=(say("/unblock Tom", "oscar"), tap(BlockTap, "oscar")),
        like="block",
    ),
    "consent": Row(
        "nina", (nina_is_new, say("/start")), ConsentTap, {}, ("consent.accepted",), "Thank you",
        meanwhile=(say("/start"), tap(ConsentTap)),
    ),
    "language": Row(
        "tara", (say("/language"),), LanguageTap, {"language": Language.RUSSIAN}, ("person.settings",),
        "по-русски", always=True, each=("person.settings",),
    ),
    "zone": Row(
        "tara", (say("/settings"), tap(SettingsTap, page=SettingsPage.ZONE)), ZoneTap, {},
        ("person.settings",),
        "Your time zone is", always=True, each=("person.settings",),
        like="language",
    ),
    "forget": Row(
        "vera", (say("/forget"),), ForgetTap, {"forget": True}, ("person.forgotten",), "You are forgotten",
        meanwhile=LAPSED, heard=True, each=("door.stranger",),
    ),
}  # fmt: skip
SIGNALS = {
    "compose": Row(
        "adam", SIGNAL, ComposeTap, {"act": ComposeAct.SEND},
        ("signal.received", "approval.requested", "approval.requested"), "Sent: 2 cards",
        meanwhile=(tap(ComposeTap, act=ComposeAct.CANCEL),),
    ),
    "withdraw": Row(
        "adam", (*SENT, tap(WithdrawTap, until=0)), WithdrawTap, {"keep": False},
        ("approval.withdrawn", "approval.withdrawn", "signal.withdrawn"), "is withdrawn", meanwhile=LAPSED,
    ),
    "source paused": Row(
        "olga", (say("/sources"),), SourceTap, {"pause": True}, ("source.paused",), "is paused by",
        meanwhile=(say("/sources", "oscar"), tap(SourceTap, "oscar")),
    ),
    "source resumed": Row(
        "olga", (say("/sources"), tap(SourceTap)), SourceTap, {"pause": False}, ("source.resumed",),
        "Pause momentum", meanwhile=(say("/sources", "oscar"), tap(SourceTap, "oscar")),
        like="source paused",
    ),
}  # fmt: skip
ACCOUNTS = {
    "account paused": Row(
        "tara", MINE, AccountTap, {"act": A.PAUSE}, ("account.paused",), "Resume entries",
        meanwhile=(*MINE, tap(AccountTap, act=A.PAUSE)),
    ),
    "account resumed": Row(
        "tara", (*MINE, tap(AccountTap, act=A.PAUSE)), AccountTap, {"act": A.RESUME}, ("account.resumed",),
        "Pause entries", meanwhile=(*MINE, tap(AccountTap, act=A.RESUME)),
        like="account paused",
    ),
    "unlink": Row(
        "tara", (plugged_in, *MINE, tap(AccountTap, act=A.ASK_UNLINK)), AccountTap, {"act": A.UNLINK},
        ("account.unlinked",), "is unlinked", meanwhile=LAPSED,
    ),
    "risk": Row(
        "tara", PICKED, RiskTap, {"act": RiskAct.SET}, ("account.risk_changed",), "0.25",
        meanwhile=(*PICKED, tap(RiskTap, act=RiskAct.SET)),
    ),
    "link": Row(
        "tom", LINKING, LinkTap, {"act": LinkAct.LINK}, ("account.linked",), "is linked and watched",
        meanwhile=(tap(LinkTap, act=LinkAct.CANCEL),), remembered=True,
    ),
    "export": Row(
        "olga", (say("/lock EURUSD wild"), say("/audit")), AuditTap, {"act": AuditAct.EXPORT},
        ("audit.exported",), "", always=True, each=("audit.exported",),
    ),
}  # fmt: skip

LOOKS: frozenset[tuple[type[DeskTap], object]] = frozenset(
    {
        (AccountsTap, None), (AlertsTap, None), (CandlesTap, None), (ChartTap, None), (CommandTap, None),
        (EquityTap, None), (HealthTap, None), (HistoryTap, None), (OrdersTap, None), (PanicProgressTap, None),
        (PerformanceTap, None), (PositionsTap, None), (QualityTap, None), (SettingsTap, None),
        (SignalTap, None), (SyncTap, None), (UsersTap, None), (RenewTap, None),
        *((SignalsTap, act) for act in SignalsAct),
        *((AuditTap, act) for act in AuditAct if act is not AuditAct.EXPORT),
        *((CardTap, act) for act in C if act not in (C.APPROVE, C.UNDO)),
        *((PositionTap, act) for act in P),
        *((OrderTap, act) for act in OrderAct),
        *((PersonTap, act) for act in PersonAct),
        *((StandingTap, act) for act in S if act not in (S.ACCEPT, S.REVOKE)),
        *((ComposeTap, act) for act in ComposeAct if act is not ComposeAct.SEND),
        *((LinkTap, act) for act in LinkAct if act is not LinkAct.LINK),
        *((RiskTap, act) for act in RiskAct if act is not RiskAct.SET),
        (AccountTap, A.SHOW), (AccountTap, A.RENAME), (AccountTap, A.SYMBOLS), (AccountTap, A.PIN),
        (AccountTap, A.ASK_UNLINK), (CloseAllTap, CloseAllAct.ASK), (CloseAllTap, CloseAllAct.KEEP),
        (DivergenceTap, D.CHECK), (DivergenceTap, D.ASK_WRITE_OFF), (DivergenceTap, D.BACK),
        (InviteTap, InviteAct.LIST), (LiquidationTap, L.HOLD), (LiquidationTap, L.BACK),
        (QuietTap, QuietAct.SHOW), (RouteTap, R.SHOW), (RouteTap, R.ASK_REMOVE), (RouteTap, R.OFF),
    }
)  # fmt: skip
"""Buttons that look, ask, or go one step on in a talk, and change nothing for anybody; None is a class
without acts. `OFF` of a route goes the way of `ON`."""

ROWS: dict[str, Row] = {
    **CARDS, **POSITIONS, **DIVERGENCES, **GUARDS, **TOLD, **PEOPLE, **SIGNALS, **ACCOUNTS,
}  # fmt: skip
