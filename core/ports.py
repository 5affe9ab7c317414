"""What the core asks of the outside. Storage and the bot implement these; tests use the real ones.

A use-case opens its own transaction: `async with store.write() as tx: ...`. Everything said to `tx` is
committed together when the block ends, or not at all when it raises. A write transaction sees no other's
half-done work and holds off other writers, so reading first and writing after is safe in it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from core.model.accounts import Account, Source
from core.model.alerts import Escalation, Family, Held, QuietHours, Route, Wish, Wishes
from core.model.approvals import Approval, ApprovalState, SizedBy
from core.model.dialogs import Dialog
from core.model.divergences import Decision, Divergence, DivergenceKind, LogFilter, LogRow
from core.model.equity import Course, EquityPoint
from core.model.events import Event, EventFilter, Json, Notice, NoticeKind, Priority, Recorded
from core.model.fills import Fill
from core.model.forgetting import Pseudonym
from core.model.ids import AccountId, ApprovalId, IntentId, PersonId, SignalId, SourceId, TradeId
from core.model.incidents import Incident, Trouble
from core.model.joining import Invite, Knock
from core.model.mt5 import Bar, MT5AccountSnapshot
from core.model.panics import Panic
from core.model.people import Consent, Language, Person, Role
from core.model.policies import MarketAction
from core.model.records import Record
from core.model.requests import Request, RequestState
from core.model.results import Result, ResultFilter
from core.model.risk import (
    DrawdownState,
    Liquidation,
    LiquidationState,
    Lock,
    LockKind,
    Mark,
    Place,
)
from core.model.signals import Signal, SignalFilter, TrackRecord
from core.model.standing import StandingApproval
from core.model.trades import Intent, IntentState, Trade
from core.quality.grouping import Row


class People(Protocol):
    async def add(self, person: Person) -> None: ...

    async def put(self, person: Person) -> None:
        """Add the person, or change the name and the roles of the one with that id.

        Raises Conflict when another person has the Telegram id.
        """

    async def get(self, person: PersonId) -> Person | None: ...
    async def by_telegram_id(self, telegram_id: int) -> Person | None: ...
    async def by_telegram_ids(self, telegram_ids: Collection[int]) -> Mapping[int, Person]:
        """Those that are known, by Telegram id."""

    async def all(self) -> Sequence[Person]: ...
    async def with_role(self, role: Role) -> Sequence[Person]: ...

    async def arrived(self, person: PersonId, chat_id: int) -> None:
        """Note the private chat of a person's /start; they are reachable (again)."""

    async def unreachable(self, person: PersonId) -> None:
        """Note that Telegram refuses messages to this person (blocked, deactivated)."""

    async def speaks(self, person: PersonId, language: Language, zone: str) -> None:
        """Note the language and the time zone that the person has chosen."""

    async def block(self, person: PersonId, at: datetime | None) -> None:
        """Shut the person out from then on; None lets them in again."""

    async def menus(self) -> dict[PersonId, str]:
        """A digest of the menu that each person's chat shows, where one was set."""

    async def remember_menu(self, person: PersonId, digest: str) -> None: ...

    async def consents(self, person: PersonId) -> Sequence[Consent]:
        """What the person accepted, the newest version first."""

    async def consent(self, consent: Consent) -> None:
        """Record an acceptance; it becomes the person's `consent_version`. Once per version."""


class Invites(Protocol):
    async def add(self, invite: Invite, digest: str) -> int:
        """Store an invite by the digest of its token; the number that it got."""

    async def get(self, invite: int) -> Invite | None: ...
    async def by_digest(self, digest: str) -> Invite | None: ...
    async def open(self, now: datetime) -> Sequence[Invite]:
        """Those that can be used still, newest first."""

    async def use(self, invite: int, now: datetime) -> bool:
        """Take one of its uses; False when none was left, or it was revoked or over."""

    async def revoke(self, invite: int, at: datetime) -> bool:
        """False when it was revoked before."""


class Knocks(Protocol):
    async def add(self, knock: Knock) -> bool:
        """Store it (`id` is ignored); False when this stranger has one."""

    async def get(self, knock: int) -> Knock | None: ...
    async def by_telegram_id(self, telegram_id: int) -> Knock | None: ...
    async def advance(self, changed: Knock, expected: Knock) -> bool:
        """Write `changed` if its row is still as `expected` in state and number of asks; False otherwise."""

    async def count_since(self, moment: datetime) -> int:
        """How many strangers came for the first time since then."""

    async def count_asked(self, since: datetime) -> int:
        """How many wishes to join are of since then."""


class Forgetting(Protocol):
    async def exported(self, person: Person) -> dict[str, Any]:
        """All rows of the person and of their accounts by table, without passwords."""

    async def homes(self, person: PersonId) -> Sequence[str]:
        """The folders of the terminals of all accounts that the person has or has had."""

    async def pseudonym(self, person: Person) -> Pseudonym:
        """A new one that knows every word and number by which the person and their accounts are known, or
        were before they were renamed."""

    async def erase(self, person: Person, pseudonym: Pseudonym) -> None:
        """Erase the person and what is theirs; what must stay is the pseudonym's, and names nobody else."""


class Accounts(Protocol):
    async def add(self, account: Account, password: str) -> None:
        """Store an account with its password encrypted, the account's id sealed inside."""

    async def put(self, account: Account, password: str) -> None:
        """Add the account, or replace the one with that id. Raises Conflict for another account's login."""

    async def change(self, account: Account) -> None:
        """Write every field of an account that exists; its password stays."""

    async def retire(self, account: AccountId, at: datetime) -> None:
        """Keep the row for its history and erase the password; from here on only `get` finds it."""

    async def get(self, account: AccountId) -> Account | None: ...
    async def retired(self, person: PersonId, login: int, server: str) -> Account | None:
        """One that the person had and unlinked, the last one."""

    async def all(self) -> Sequence[Account]:
        """Those that are linked."""

    async def of_person(self, person: PersonId) -> Sequence[Account]: ...
    async def password(self, account: AccountId) -> str: ...


class Sources(Protocol):
    async def add(self, source: Source, secrets: Sequence[str]) -> None: ...

    async def put(self, source: Source, secrets: Sequence[str]) -> None:
        """Add the source, or replace the one with that id."""

    async def by_name(self, name: str) -> Source | None: ...
    async def all(self) -> Sequence[Source]: ...

    async def secrets(self, source: SourceId) -> Sequence[str]:
        """The valid secrets, newest first (several while one is rotated out)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a signal arrived: the sender's message id and the SHA-256 of its body."""

    webhook_id: str
    digest: str


class Signals(Protocol):
    async def add(self, signal: Signal, delivery: Delivery) -> None:
        """Store a signal. Raises Conflict when `(source, webhook_id)` or `(source, external_id)` exists."""

    async def get(self, signal: SignalId) -> Signal | None: ...

    async def by_webhook_id(self, source: SourceId, webhook_id: str) -> tuple[Signal, Delivery] | None: ...
    async def by_external_id(self, source: SourceId, external_id: str) -> tuple[Signal, Delivery] | None: ...

    async def recent(
        self, limit: int, source: SourceId | None = None, before: Signal | None = None
    ) -> Sequence[Signal]:
        """Newest first; those that follow `before` in that order when it is given."""

    async def page(self, wanted: SignalFilter, limit: int, skip: int = 0) -> Sequence[Signal]:
        """Newest first, without the first `skip`."""

    async def count(self, wanted: SignalFilter) -> int: ...

    async def track_record(self, source: SourceId, newest: int) -> TrackRecord:
        """What became of the source's newest signals whose trades are over, at most so many."""


class Approvals(Protocol):
    async def add_all(self, approvals: Sequence[Approval]) -> None: ...
    async def get(self, approval: ApprovalId) -> Approval | None: ...
    async def by_ids(self, approvals: Collection[ApprovalId]) -> Mapping[ApprovalId, Approval]:
        """Those that are known, by id."""

    async def of_signal(self, signal: SignalId) -> Sequence[Approval]: ...
    async def tally(self, signals: Collection[SignalId]) -> dict[SignalId, dict[ApprovalState, int]]:
        """How many approvals of each signal are in which state, for the signals that have any."""

    async def of_person(self, person: PersonId, limit: int) -> Sequence[Approval]: ...

    async def pending_of(self, person: PersonId) -> Sequence[Approval]:
        """Those that wait for the person's decision."""

    async def overdue(self, now: datetime) -> Sequence[Approval]:
        """Pending ones whose `expires_at` has passed, oldest first, at most 500."""

    async def next_expiry(self) -> datetime | None:
        """When the next pending one expires."""

    async def decide(self, decided: Approval, expected_version: int) -> bool:
        """Replace state, version, lots, risk, reason, decided_at, consent_version, undo_until and standing_id
        by `decided`'s.

        Only if the row is still pending at `expected_version`; False when someone was first.
        """

    async def reopen(self, approval: ApprovalId, expected_version: int, note: str | None = None) -> bool:
        """Make an approved one pending again, one version on; False when it is not, or at another one.

        With a `note` its standing approval stays named, as one that has not decided it, and why.
        """

    async def set_size(
        self,
        approval: ApprovalId,
        lots: Decimal,
        risk: Decimal,
        margin: Decimal | None = None,
        sized_by: SizedBy | None = None,
    ) -> bool:
        """Fix the size that the card shows, once; False when it is decided or sized already."""

    async def resize(self, resized: Approval, expected_version: int) -> bool:
        """Replace version, lots, risk, margin, sized_by and factor by `resized`'s; False as of `decide`."""

    async def foresee(self, approval: ApprovalId, obstacle: str | None) -> bool:
        """Note why a tap is certain to be refused now, None that nothing is known to be in its way, by which
        an earlier refusal is over too. False when it is decided, or nothing else than is noted already."""

    async def pending(self, *, obstructed: bool = False) -> Sequence[Approval]:
        """All that wait for a decision, those that expire first before the others; with `obstructed` only
        those that tell of an obstacle."""

    async def to_be_taken(self) -> Sequence[Approval]:
        """Pending ones that a standing approval has not been tried on yet, in that order."""

    async def not_taken(self, approval: ApprovalId, note: str) -> bool:
        """Note why the standing approval has not decided it; False when it is decided."""

    async def show_chart(self, approval: ApprovalId, timeframe: str | None) -> None:
        """Note the timeframe of the chart that is above its card now, None when there is none."""

    async def count_pending(self) -> int: ...

    async def refuse(self, approval: ApprovalId, refusal: str, at: datetime) -> bool:
        """Note why a tap was refused; the card stays open as it is. False when it is decided."""


class Intents(Protocol):
    """The ledger. `epoch` fences hosts: one that is not the newest can neither claim nor settle."""

    async def new_epoch(self, now: datetime) -> int:
        """Begin a host's life; larger than every epoch before."""

    async def add(self, intent: Intent) -> None: ...
    async def get(self, intent: IntentId) -> Intent | None: ...

    async def claim(self, account: AccountId, epoch: int, now: datetime) -> Intent | None:
        """The oldest `new` intent of the account, now `sending`; openings come after all other kinds, and a
        symbol that was tried in vain after the others.

        One that rests (`not_before`) lets the others pass. None when there is none, or when one is
        `sending` already, or the epoch is not the newest.
        """

    async def settle(self, settled: Intent, epoch: int, expected: IntentState) -> bool:
        """Write what came of `settled`: state, retcode, filled_*, position, settled_at, detail, clean_misses,
        not_before, margin, margin_free.

        Only if the row is still in `expected` and the epoch the newest; False otherwise.
        """

    async def amend(self, changed: Intent, epoch: int, expected: IntentState = IntentState.PLACED) -> bool:
        """Write price, stops and order_expires_at: of a `placed` opening whose pending order was changed, or
        of what is `sending` and has found its levels only now.

        False when it is not in `expected` any more, or the epoch is not the newest.
        """

    async def orphaned(self, epoch: int) -> Sequence[Intent]:
        """`sending` intents that an older epoch claimed: nobody knows how they ended."""

    async def unresolved(self, account: AccountId) -> Sequence[Intent]:
        """`unknown` and `placed` ones, oldest first."""

    async def waiting(self, account: AccountId) -> Sequence[Intent]:
        """`new` and `sending` ones, oldest first."""

    async def unfinished(self, account: AccountId) -> Sequence[Intent]:
        """Both of these, oldest first: all that are on their way."""

    async def accounts_with_unfinished(self) -> frozenset[AccountId]:
        """Those that have any of these."""

    async def opened_since(self, account: AccountId, since: datetime) -> Sequence[Intent]:
        """Openings that were filled, in part perhaps, and settled at `since` or later, oldest first."""

    async def openings_since(self, account: AccountId, since: datetime) -> Sequence[Intent]:
        """Openings of `since` or later, oldest first, but those that were refused or not executed."""

    async def count_taken(self, account: AccountId, source: SourceId, since: datetime) -> int:
        """How many of these on the account its standing approvals of the source have decided: each leg of a
        plan is one."""

    async def of_approval(self, approval: ApprovalId) -> Sequence[Intent]: ...
    async def withdraw(self, approval: ApprovalId) -> bool:
        """Take back all that an approval has wished for, if none of it was ever claimed; else False, and all
        of it stays."""

    async def count_unfinished(self) -> dict[IntentState, int]:
        """How many are in each state that is not final, for the states that any are in."""


class Trades(Protocol):
    async def add(self, trade: Trade) -> None: ...
    async def update(self, trade: Trade) -> None:
        """Write every field of a trade that exists."""

    async def open_of(self, account: AccountId) -> Sequence[Trade]: ...
    async def closed_of(self, account: AccountId, limit: int) -> Sequence[Trade]:
        """The account's closed ones, the one that was closed last first."""

    async def on_position(self, account: AccountId, position: int) -> Sequence[Trade]:
        """Open and closed ones, oldest first: one at most, but for the shares of a net position."""

    async def of_intent(self, intent: IntentId) -> Trade | None: ...
    async def of_person(self, person: PersonId, limit: int) -> Sequence[Trade]:
        """Newest first, open ones and closed ones."""

    async def get(self, trade: TradeId) -> Trade | None: ...
    async def results(self, wanted: ResultFilter, limit: int, offset: int = 0) -> Sequence[Result]:
        """The closed ones, the one that was closed last first, without the first `offset`."""

    async def count_results(self, wanted: ResultFilter) -> int: ...
    async def sources_of(self, accounts: Collection[AccountId] | None) -> Sequence[tuple[SourceId, str]]:
        """The sources of all their trades (None: of all accounts), by name."""


class Fills(Protocol):
    async def since(
        self, since: datetime, accounts: Collection[AccountId] | None, limit: int
    ) -> Sequence[Fill]:
        """Openings that were asked for at `since` or later, of these accounts (None: of all), oldest first.

        The newest `limit` of them when there are more.
        """


class Snapshots(Protocol):
    async def save(self, account: AccountId, snapshot: MT5AccountSnapshot) -> None: ...
    async def latest(self, account: AccountId) -> MT5AccountSnapshot | None: ...
    async def equity(self, account: AccountId, since: datetime, every: timedelta) -> Sequence[EquityPoint]:
        """What was read at `since` or later, oldest first: the last of each `every` of time, whole seconds
        counted from 1970."""

    async def superfluous(
        self, account: AccountId, before: datetime, keep_every: timedelta, limit: int
    ) -> Sequence[int]:
        """Of those read earlier than `before` all but the first of each `keep_every` of time, whole seconds
        counted from 1970, and never the newest of all: the numbers of at most `limit`, oldest first.
        """

    async def remove(self, numbers: Sequence[int]) -> int:
        """How many there were of these."""


class Reconciliation(Protocol):
    """The reconciliation log: each divergence is a row, once while it lasts."""

    async def get(self, row: int) -> LogRow | None: ...

    async def lasting(self, account: AccountId) -> Sequence[LogRow]:
        """Those that have not ended, oldest first."""

    async def record(
        self, divergences: Sequence[Divergence], at: datetime, *, ended: bool = False
    ) -> Sequence[LogRow]:
        """Add a row for each whose key does not last already; the rows that were added. `ended` for one-off
        facts. A position closes once: a `closed` row is never added again."""

    async def refresh(self, row: int, divergence: Divergence) -> None:
        """Write the present size, unit and facts of one that lasts; its key stays."""

    async def end(self, rows: Iterable[int], at: datetime) -> None:
        """Rows that ended before keep their time."""

    async def decide(
        self, row: int, decision: Decision, by: PersonId, at: datetime, expected: Decision | None = None
    ) -> bool:
        """Note a decision on one that lasts and stands at `expected`; False when somebody was first."""

    async def known_positions(self, account: AccountId) -> frozenset[int]:
        """Positions of trades closed, and of `unmatched` rows that ended: a flicker of these is not new."""

    async def open_counts(self) -> dict[AccountId, Counter[DivergenceKind]]:
        """How many rows of each account count (see `LogRow.counts`), by kind, for the accounts that have
        any."""

    async def page(self, wanted: LogFilter, limit: int, before: int | None = None) -> Sequence[LogRow]:
        """Newest first; those older than row `before` when it is given."""


class Drawdowns(Protocol):
    async def get(self, account: AccountId) -> DrawdownState | None: ...
    async def all(self) -> Sequence[DrawdownState]: ...
    async def save(self, state: DrawdownState) -> None: ...
    async def alert(self, state: DrawdownState, kind: str) -> None:
        """Record that people were told: `warned`, `recovered` or `breached`."""


class Liquidations(Protocol):
    async def start(
        self,
        account: AccountId,
        state: LiquidationState,
        reason: str,
        at: datetime,
        fires_at: datetime,
        panic: int | None = None,
    ) -> Liquidation:
        """Begin one in that state. Raises Conflict while another of the account is not finished."""

    async def get(self, liquidation: int) -> Liquidation | None: ...
    async def running_of(self, account: AccountId) -> Liquidation | None:
        """The account's one that is not finished yet."""

    async def running(self) -> Sequence[Liquidation]:
        """Those of all accounts that are not finished, oldest first."""

    async def latest_of(self, account: AccountId, by: datetime | None = None) -> Liquidation | None:
        """The account's newest one, finished or not; of those that had begun `by` then."""

    async def advance(self, changed: Liquidation, expected: LiquidationState) -> bool:
        """Write `changed` if the row is still in `expected`; False otherwise. One stays part of its panic."""


class Panics(Protocol):
    async def start(self, by: PersonId, at: datetime) -> Panic: ...
    async def get(self, panic: int) -> Panic | None: ...
    async def running(self) -> Panic | None:
        """The newest one of which a liquidation is not finished."""

    async def liquidations_of(self, panic: int) -> Sequence[Liquidation]:
        """Those that name it, oldest first."""


class Requests(Protocol):
    """What people ask to be done with positions and pending orders."""

    async def add(self, request: Request) -> Request:
        """Add it (`id` is ignored); as it is stored."""

    async def get(self, request: int) -> Request | None: ...
    async def of_intent(self, intent: IntentId) -> Request | None:
        """The one that an intent carries out."""

    async def advance(self, changed: Request, expected: RequestState) -> bool:
        """Write `changed` if the row is still in `expected`; False otherwise."""


class Locks(Protocol):
    async def set(
        self,
        kind: LockKind,
        place: Place,
        reason: str,
        at: datetime,
        by: PersonId | None,
        until: datetime | None = None,
    ) -> bool:
        """False when the same kind of lock is already active there."""

    async def release(
        self, kind: LockKind, place: Place, at: datetime, by: PersonId | None
    ) -> Sequence[Lock]:
        """The locks that this released, none when there was none. `by` is None when its time was over."""

    async def active(self, entry: Place | None = None) -> Sequence[Lock]:
        """Locks that hold for an entry there, oldest first; all active ones without it.

        One whose time is over is active until it is released: ask `Lock.holds_at`.
        """


class Marks(Protocol):
    """What the market guard saw; each danger of an account's symbol once while it lasts."""

    async def begin(self, mark: Mark) -> Mark | None:
        """Add it (`id` is ignored); None while one of the same danger lasts there."""

    async def acted(self, mark: int, action: MarketAction, positions: tuple[int, ...]) -> None:
        """Write what was done about one that lasts, and to which positions."""

    async def end(self, mark: int, at: datetime) -> None:
        """One that ended before keeps its time."""

    async def lasting(self, account: AccountId | None = None) -> Sequence[Mark]:
        """Those that have not ended, oldest first; of all accounts without one."""


class Incidents(Protocol):
    async def begin(self, account: AccountId, trouble: Trouble, sentence: str, at: datetime) -> bool:
        """False while one of that trouble lasts already."""

    async def end(self, account: AccountId, trouble: Trouble, at: datetime) -> Incident | None:
        """The incident that this ended, None when none of that trouble lasted."""

    async def of(self, account: AccountId, since: datetime) -> Sequence[Incident]:
        """Those that last and those that ended after `since`, oldest first."""

    async def lasting(self) -> Sequence[Incident]:
        """Those of all accounts that last, oldest first."""


class Events(Protocol):
    async def append(self, *events: Event) -> None: ...
    async def recent(self, limit: int, name_prefix: str = "") -> Sequence[Event]:
        """Newest first."""

    async def happened(self, name: str, subject: str) -> bool:
        """Whether such an event is in the trail."""

    async def last(self, name: str, subject: str) -> Event | None:
        """The newest such event."""

    async def since(self, last: int, wanted: EventFilter, limit: int) -> Sequence[Recorded]:
        """Those after the one with the id `last`, in the order in which they were written."""

    async def page(self, wanted: EventFilter, limit: int, before: int | None = None) -> Sequence[Recorded]:
        """Newest first; those written before the one with the id `before` when it is given."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A notice waiting for delivery; `in_doubt`, when it may have been delivered before."""

    id: int
    notice: Notice
    created_at: datetime
    attempts: int
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class SentMessage:
    """The Telegram message that shows a subject, alerts apart, to one person."""

    chat_id: int
    message_id: int
    has_photo: bool


class Standing(Protocol):
    """Standing approvals and drafts of them. Once ended they are changed no more."""

    async def add(self, draft: StandingApproval) -> StandingApproval:
        """With the number that it has got; `id` is ignored."""

    async def get(self, number: int) -> StandingApproval | None: ...

    async def of_person(self, person: PersonId) -> Sequence[StandingApproval]:
        """Those that have not ended, drafts included, oldest first."""

    async def holding(self, source: SourceId | None = None) -> Sequence[StandingApproval]:
        """Accepted ones that have not ended, oldest first; of one source when it is given."""

    async def update(self, changed: StandingApproval, expected_version: int) -> bool:
        """Write all of it; False when it has ended or is not at that version any more."""

    async def drop_drafts(self, person: PersonId) -> None:
        """Forget what the person has begun to set up."""


class Outbox(Protocol):
    async def put(self, notices: Iterable[Notice], at: datetime) -> None:
        """Queue notices. One that still waits for the same person and subject absorbs the new one (keeping
        the stronger priority); alerts stay apart."""

    async def due(self, now: datetime, limit: int, each: int | None = None) -> Sequence[OutboxItem]:
        """Undelivered and not put off, by priority and then age; of each chat at most so many."""

    async def delivered(self, item: int, at: datetime) -> None: ...
    async def put_off(self, item: int, until: datetime, error: str, *, in_doubt: bool = False) -> None: ...
    async def give_up(self, item: int, at: datetime, error: str) -> None: ...
    async def hasten(self, now: datetime) -> None:
        """What was put off is due now."""

    async def oldest_waiting(self) -> datetime | None: ...
    async def count_waiting(self) -> dict[Priority, int]: ...

    async def sent(self, kind: NoticeKind, subject: str, person: PersonId) -> SentMessage | None: ...
    async def remember_sent(
        self, kind: NoticeKind, subject: str, person: PersonId, message: SentMessage, at: datetime
    ) -> None: ...
    async def sent_there(self, kind: NoticeKind, subject: str, route: int) -> SentMessage | None:
        """The message that shows the subject where that route leads."""

    async def remember_sent_there(
        self, kind: NoticeKind, subject: str, route: int, message: SentMessage, at: datetime
    ) -> None: ...
    async def shown_to(self, kind: NoticeKind, subject: str) -> Sequence[PersonId]:
        """Who has a message that shows the subject."""

    async def was_shown(self, kind: NoticeKind, subject: str) -> bool:
        """Whether anybody has a message of it that shows its newest state: nothing waits for them."""

    async def forget_sent(self, kind: NoticeKind, subject: str, person: PersonId) -> None:
        """The person's message of it is gone."""

    async def file_id(self, key: str) -> str | None:
        """Telegram's id of a picture that was uploaded before, by our own key."""

    async def remember_file(self, key: str, file_id: str, at: datetime) -> None: ...


class Dialogs(Protocol):
    """The talks of several steps, one a person and chat, by Telegram's ids."""

    async def get(self, chat_id: int, user_id: int) -> Dialog | None: ...
    async def save(self, dialog: Dialog) -> None:
        """Add it, or replace the one there."""

    async def end(self, chat_id: int, user_id: int) -> None: ...


class Preferences(Protocol):
    """How people want to be told, and what is held until their quiet hours are over."""

    async def of(self, people: Collection[PersonId]) -> Mapping[PersonId, Wishes]:
        """What each has said; of who is not known, nothing."""

    async def wish(self, person: PersonId, event: str, wish: Wish | None) -> None:
        """Of a kind or a family; None takes it back."""

    async def quiet(self, person: PersonId, hours: QuietHours | None) -> None: ...

    async def hold(self, person: PersonId, name: str, data: Json, at: datetime) -> None: ...

    async def held(self, person: PersonId) -> Sequence[Held]:
        """Oldest first, at most 500."""

    async def release(self, person: PersonId, last: int) -> None:
        """Remove what is held for the person up to that number: it was told."""

    async def holding(self) -> Collection[PersonId]:
        """For whom anything is held."""


class Escalations(Protocol):
    """Critical alerts until somebody has them in hand; one of a name about the same at a time."""

    async def begin(self, escalation: Escalation) -> int | None:
        """Add it (`id` is ignored); None while one lasts of that name about the same."""

    async def get(self, escalation: int) -> Escalation | None: ...

    async def lasting(self) -> Sequence[Escalation]:
        """Oldest first."""

    async def step(self, after: Escalation, before: Escalation) -> bool:
        """Write `told` and `told_at`; False when it was not as `before` any more."""

    async def acknowledge(self, escalation: int, person: PersonId, at: datetime) -> bool:
        """False when somebody was first, or it is over."""

    async def over(self, escalation: int, at: datetime) -> bool:
        """It has ended by itself; False when it had before."""


class Routes(Protocol):
    """Which families of alerts go to which groups."""

    async def put(self, route: Route) -> int:
        """Add one (`id` is ignored), or replace the one of its chat and topic; its id."""

    async def get(self, route: int) -> Route | None: ...

    async def all(self) -> Sequence[Route]:
        """Oldest first."""

    async def families(self, route: int, families: frozenset[Family]) -> None: ...

    async def pause(self, route: int, at: datetime, reason: str) -> bool:
        """False when it was paused before, or is gone."""

    async def resume(self, route: int) -> None: ...

    async def moved(self, before: int, after: int) -> None:
        """The group has another chat id."""

    async def remove(self, route: int) -> bool:
        """False when it was gone before."""

    async def hand_on(self, route: int, to: PersonId) -> None:
        """It is that person's from now on, with what waits to go there."""


Key = tuple[object, ...]
"""The primary key of a row."""


class Retention(Protocol):
    """Rows that are old and needed by nothing that is open (see `Record`)."""

    async def overdue(self, record: Record, before: datetime, limit: int) -> Sequence[Key]:
        """At most `limit` that are older than `before` and may be removed, oldest first."""

    async def remove(self, record: Record, before: datetime, keys: Sequence[Key]) -> int:
        """Remove those of them that still may be; how many they were."""


class DatabaseItself(Protocol):
    async def version(self) -> str:
        """Which one it is: `SQLite 3.45.1`."""


class Tx(Protocol):
    """One transaction: every table by its port."""

    @property
    def people(self) -> People: ...
    @property
    def database(self) -> DatabaseItself: ...
    @property
    def invites(self) -> Invites: ...
    @property
    def knocks(self) -> Knocks: ...
    @property
    def forgetting(self) -> Forgetting: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def signals(self) -> Signals: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def intents(self) -> Intents: ...
    @property
    def trades(self) -> Trades: ...
    @property
    def fills(self) -> Fills: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def reconciliation(self) -> Reconciliation: ...
    @property
    def drawdowns(self) -> Drawdowns: ...
    @property
    def liquidations(self) -> Liquidations: ...
    @property
    def panics(self) -> Panics: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def locks(self) -> Locks: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def incidents(self) -> Incidents: ...
    @property
    def events(self) -> Events: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def escalations(self) -> Escalations: ...
    @property
    def routes(self) -> Routes: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def dialogs(self) -> Dialogs: ...
    @property
    def retention(self) -> Retention: ...


class Store(Protocol):
    """The database."""

    def write(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that may write: committed at the end of the block, rolled back when it raises."""

    def read(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction for reading only; it holds nobody off."""


class ChartRenderer(Protocol):
    """Draws charts away from the event loop."""

    async def candles(
        self, bars: Sequence[Bar], title: str, levels: dict[str, Decimal], digits: int
    ) -> bytes:
        """A PNG of `bars` with a labelled line per level."""

    async def equity(self, title: str, course: Course, names: Mapping[str, str]) -> bytes:
        """A PNG of equity and balance, the drawdown below; `names` are the legend's."""

    async def slippage(
        self, title: str, pips: Sequence[Decimal], names: Mapping[str, str], groups: Sequence[Row]
    ) -> bytes:
        """A PNG of how `pips` spread, and the median and p95 of each group; `names` are the legend's."""
