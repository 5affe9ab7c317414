### Accounts: the list, each account with its buttons, the wizard that links one, its risk.

accounts-title = Accounts
accounts-none = No account is linked yet.
accounts-money = Balance { $balance } · equity { $equity }
accounts-drawdown = Drawdown { $percent } of { $limit }
accounts-unread = Not read yet.
accounts-state-watched = watched
accounts-state-paused = paused
accounts-state-locked = locked
accounts-state-closing = being closed
accounts-state-unreachable = unreachable
accounts-state-unread = waiting for the first reading
accounts-login = { $login } at { $server }
accounts-leverage = leverage 1:{ $leverage }
accounts-mode-netting = netting
accounts-mode-exchange = exchange netting
accounts-mode-hedging = hedging
accounts-positions = { $n ->
    [0] no positions
    [one] { $n } position
   *[other] { $n } positions
}
accounts-orders = { $n ->
    [0] no pending orders
    [one] { $n } pending order
   *[other] { $n } pending orders
}
accounts-of-desk-file = Its name, risk and symbols are set in the desk file.

accounts-button-link = ➕ Link an account
accounts-button-risk = 📐 Risk
accounts-button-pause = ⏸ Pause entries
accounts-button-resume = ▶️ Resume entries
accounts-button-rename = ✏️ Rename
accounts-button-symbols = 🔤 Symbols
accounts-button-unlink = Unlink …
accounts-button-renew = 🔑 New password
accounts-button-all = ‹ Accounts
accounts-button-keep = Keep it

## Pause, rename, symbols

accounts-paused = Entries are paused. What is open stays open and guarded.
accounts-resumed = Entries are open again.
accounts-ask-name = What is <b>{ $label }</b> to be called? Type a name of 1 to { $most } characters.
accounts-renamed = ✅ It is called <b>{ $label }</b> now.
accounts-symbols-title = Symbols of { $label }
accounts-symbols-none = No source has an instrument yet.
accounts-symbol-found = { $instrument } → <b>{ $symbol }</b>
accounts-symbol-missing = ⚠️ { $instrument }: no symbol of this broker is found for it; its signals cannot be traded.
accounts-symbol-unasked = { $instrument }: will be looked up when the terminal answers.
accounts-symbols-hint = Tap an instrument to type the broker's name for it.
accounts-ask-symbol = What does your broker call <b>{ $instrument }</b>? Type the name exactly as Market Watch shows it.
accounts-pinned = ✅ { $instrument } is traded as <b>{ $symbol }</b> on { $label }.

## Unlink

accounts-unlink-question = Unlink <b>{ $label }</b>?
accounts-unlink-money = Balance { $balance }, nothing open, nothing on its way.
accounts-unlink-cards = { $n ->
    [one] { $n } signal that waits for your decision is withdrawn.
   *[other] { $n } signals that wait for your decisions are withdrawn.
}
accounts-unlink-what = The desk stops watching it and erases its password. Its history is kept. Nothing changes at the broker.
accounts-unlink-sure = Unlink { $label }
accounts-unlinked = ✅ <b>{ $label }</b> is unlinked and its password erased. Its history is kept.

## What stands in the way

accounts-refused-desk-file = This account is set in the desk file and is changed there.
accounts-refused-linked = This account is linked to the desk already.
accounts-refused-linked-by-you = You have linked this account already, as { $account }.
accounts-refused-name-taken = Another account, a source or an instrument of the desk has this name or one that looks like it. Please choose another.
accounts-refused-name-form = A name has 1 to { $most } characters on one line, letters or digits among them.
accounts-refused-name-spaces = A name has one space between two words, and none before or after them.
accounts-refused-name-kind = A name cannot begin with “{ $word }”: in commands that word means something else. Any other first word will do.
accounts-refused-name-span = A name cannot have “{ $word }” after its first word: in commands that would be a length of time. It may begin with it.
accounts-refused-name-begins = A name cannot begin with “{ $word }”: the desk has something of that name, and what is written of one would meet the other. Please begin with another word.
accounts-refused-too-many-accounts = { $most ->
    [one] Each trader can link { $most } account here. Unlink it first.
   *[other] Each trader can link { $most } accounts here. Unlink one first.
}
accounts-refused-no-terminal = No terminal is free for another account. Ask the owner of the desk to add one.
accounts-refused-terminal-busy = This terminal is in use just now. Please try again in a few minutes.
accounts-refused-too-many-tries = Too many wrong passwords. Please wait { $minutes } minutes: some brokers lock an account after more.
accounts-refused-rejected = The broker does not accept this login with this password at this server. Check all three; the password is the main one, not the investor's.
accounts-refused-one-time-password = The broker asks for a one-time password or a certificate; such an account cannot be linked.
accounts-refused-paper = A paper account has no password to change.
accounts-refused-investor = This is the investor's password: it may look, and neither open nor close anything. The main one is needed.
accounts-refused-closing = Its positions are being closed just now. When that is over, the password can be changed.
accounts-refused-wrong-account = Another account or another terminal has answered. Nothing was changed; ask the owner of the desk to look at the terminal.
accounts-refused-timed-out = The terminal did not answer in time. Nothing was changed; please try again in a few minutes.
accounts-refused-unreachable = The terminal cannot be reached just now, or has no link to this server. Check the server's name, then try again.
accounts-refused-not-flat = Something is open on this account: { $positions } positions, { $orders } pending orders. Close everything first.
accounts-refused-under-way = Orders on their way: { $orders }. Wait until they are settled, then try again.
accounts-refused-locked = The account is locked, or its positions are being closed. The owner of the desk has to release it first.
accounts-refused-unreadable = The terminal cannot be read just now, so nobody can tell whether something is open. Please try again later.
accounts-refused-bound = The guard has locked this account or is closing it. Until that is over, limits can be tightened, not loosened.
accounts-refused-near = The drawdown is { $percent } % now, and at { $most } % everything is closed. So near to it only an owner can loosen that limit or lengthen the countdown.
accounts-refused-near-today = The loss of the day is { $percent } % now, and at { $most } % everything is closed. So near to it only an owner can loosen that limit or lengthen the countdown.
accounts-refused-ceiling = The owner of the desk allows at most { $most } for “{ $setting }”.
accounts-refused-floor = The owner of the desk asks for at least { $most } for “{ $setting }”.
accounts-refused-out-of-range = This is outside of what is allowed for “{ $setting }”.
accounts-refused-too-large = “{ $setting }” would be more than “{ $limit }” lets through: no trade would pass.
accounts-refused-no-symbol = The broker of this account has no symbol { $symbol }.
accounts-refused-open = Something is open on this account. Close it first; then its symbols can be changed.

## The wizard

accounts-link-kind = <b>Link an account</b>

    <b>Paper</b>: play money at real market rules, ready at once.
    <b>MetaTrader 5</b>: your own account at a broker, demo or real. You need its login, its server and its main password.
accounts-link-paper = Paper
accounts-link-mt5 = MetaTrader 5
accounts-link-paper_name = What is the paper account to be called? Type a name of 1 to { $most } characters.
accounts-link-paper_balance = With how much play money does it begin? Type an amount in USD, from { $least } to { $most }.
accounts-link-bad-balance = Please type an amount between { $least } and { $most }, as 10000.
accounts-link-terminal = Which terminal is to serve the account? Each serves one.
accounts-link-login = Type the <b>login</b> of the account: the number that your broker gave you.
accounts-link-bad-login = A login is a number of 1 to 18 digits. Please type digits only.
accounts-link-server = Type the <b>server</b>, exactly as the terminal shows it, as MetaQuotes-Demo.
accounts-link-bad-server = A server's name has 2 to 64 letters, digits, spaces, dots or hyphens, as MetaQuotes-Demo.
accounts-link-password = Type the <b>main password</b> of { $login } at { $server }.

    Your message is deleted at once. The password is kept encrypted and only after you have seen what was found and said yes; it is shown to nobody.
accounts-link-bad-password = A password has 1 to 64 characters, as text. Please type it once more.
accounts-link-looks-secret = 🧹 This looked like a password, so your message was deleted. It is asked for later.
accounts-link-delete-it = ⚠️ Your message could not be deleted. Please delete it yourself now: a password may stand in it.
accounts-link-checking = 🔎 Logging in to { $login } at { $server } … A terminal that has to be started first takes up to two minutes.
accounts-link-again = What was found is kept for ten minutes only, and not over a restart of the desk. Please type the password once more.
accounts-link-cancelled = Nothing was linked.
accounts-link-over = This question is over. /accounts shows what there is.
accounts-link-lapsed = 🧹 Your message was deleted, since a password may have stood in it. The question for one lapses after a day; to begin anew: /accounts
accounts-renew-ask = Type the <b>new main password</b> of { $login } at { $server }.

    Your message is deleted at once. The password is tried at the terminal first; the old one is kept until you have seen what was found and said yes.
accounts-renew-yes = Use this password
accounts-renew-cancelled = Nothing was changed: the old password is kept.
accounts-renewed = ✅ <b>{ $label }</b> has its new password; the desk logs in with it now.
accounts-found-title = ✅ The login is right. This was found:
accounts-found-owner = Name: { $name }
accounts-found-live = ⚠️ <b>This is a real account: signals that you approve trade real money.</b>
accounts-found-may = Trading is permitted.
accounts-found-may-not = ⚠️ Trading is not possible yet: { $why }
accounts-found-open = Open now: { $positions }, { $orders }. They will be watched and guarded.
accounts-found-symbols = Instruments: { $found }
accounts-found-missing = ⚠️ Not found at this broker: { $missing }. Their signals cannot be traded until you name the symbol.
accounts-link-yes = Link it
accounts-linked = ✅ <b>{ $label }</b> is linked and watched from now on.
accounts-linked-next = Look at its risk before the first signal: { $size } a trade, drawdown limit { $limit }. Then the next signal comes here as a card, with its lots for this account; it is traded when you approve it.
accounts-linked-risk = 📐 Risk settings
accounts-linked-status = 📊 Status

## Risk

accounts-risk-title = Risk of { $label }
accounts-group-size = Size of a trade
accounts-group-entries = New trades
accounts-group-guard = Drawdown guard
accounts-group-market = Market guard
accounts-set-risk_percent = Risk of a trade
accounts-set-fixed_lots = Fixed lots
accounts-set-max_lots = Largest trade
accounts-set-max_open_risk_percent = Open risk limit
accounts-set-max_open_lots = Lots of all trades
accounts-set-drawdown_limit_percent = Drawdown limit
accounts-set-daily_loss_percent = Daily loss limit
accounts-set-max_open_trades = Trades at once
accounts-set-max_per_day = Trades a day
accounts-set-max_drift_pips = Drift of the price
accounts-set-plan = Several targets
accounts-set-hours = Trading hours
accounts-set-countdown_s = Countdown
accounts-set-cooldown_losses = Losses before a rest
accounts-set-cooldown_minutes = Length of the rest
accounts-set-market_action = In a dangerous market
accounts-set-gap_percent = Gap of the price
accounts-set-spread_times = Wide spread
accounts-set-closing_minutes = Before the market rests
accounts-set-news_minutes = Before news
accounts-about-risk_percent = How much of the equity a trade loses when its stop is hit.
accounts-about-fixed_lots = So many lots in every trade, whatever its stop is, instead of a share of the equity.
accounts-about-max_lots = No trade is larger than this.
accounts-about-max_open_risk_percent = What all open trades together would lose if every stop were hit now.
accounts-about-drawdown_limit_percent = So far below its peak everything on the account is closed. A limit is a trigger, not a promise.
accounts-about-daily_loss_percent = After such a loss since the broker's midnight everything on the account is closed.
accounts-about-max_open_trades = Trades that are open at the same time, pending ones and those by hand counted.
accounts-about-max_per_day = Trades that are begun in one day (UTC).
accounts-about-max_drift_pips = How far the price may have run from what you approved.
accounts-about-plan = With several targets: one position with the first target, or the lots split over all of them.
accounts-about-hours = When new trades are allowed. What is open is guarded at any time.
accounts-about-countdown_s = How long the guard waits between its limit and the closing; an owner can hold it meanwhile.
accounts-about-cooldown_losses = How many losses in a row stop new trades for a while.
accounts-about-cooldown_minutes = How long nothing new is opened after losses in a row.
accounts-about-market_action = What is done when a gap, a wide spread, prices that stand still, a rest of the market or news threaten an open position: tell you, move its stop to break-even where that tightens it, or close it.
accounts-about-gap_percent = A jump between two prices that counts as a gap.
accounts-about-spread_times = How many times the usual spread is too wide.
accounts-about-closing_minutes = How long before a weekend or a rest of four hours or more the market guard acts.
accounts-about-news_minutes = How long before a window of the news calendar the market guard acts.
accounts-now = Now: <b>{ $value }</b>
accounts-range = Allowed: { $least } to { $most }
accounts-value-pips = { $n ->
    [one] { $amount } pip
   *[other] { $amount } pips
}
accounts-value-none = no limit
accounts-value-no-rest = off
accounts-value-by-risk = off (by risk)
accounts-plan-first_target = first target
accounts-plan-split = split
accounts-value-times = × { $amount }
accounts-value-seconds = { $n ->
    [one] { $amount } second
   *[other] { $amount } seconds
}
accounts-value-minutes = { $n ->
    [one] { $amount } minute
   *[other] { $amount } minutes
}
accounts-market-alert = tell me
accounts-market-break_even = break-even
accounts-market-close = close
accounts-hours-always = at any time
accounts-hours-window = { $opens }–{ $closes } { $days } ({ $zone })
accounts-hours-except = { $n ->
    [one] { $window }, except { $n } day
   *[other] { $window }, except { $n } days
}
accounts-button-type = Type another …
accounts-ask-value = Type the new value of “{ $setting }”. { $range }.
accounts-ask-hours = Type the hours, the days and the zone, as <code>08:00-17:00 mon-fri Europe/London</code>. Days and zone may be left out.
accounts-bad-number = Please type a number, as 0.5.
accounts-bad-hours = Please write the hours like this: 08:00-17:00 mon-fri Europe/London
accounts-confirm-title = Change the risk of { $label }?
accounts-confirm-what = { $setting }: { $before } → <b>{ $after }</b>
accounts-confirm-breach = 🆘 <b>The drawdown is { $percent } now: with this limit everything on the account is closed at once.</b>
accounts-confirm-looser = ⚠️ The guard closes later then. The owner of the desk is told.
accounts-button-set = Yes, change it
accounts-changed = ✅ Done. It holds from now on.
accounts-stale = This was changed meanwhile; here is what holds now.

## What owners are told

accounts-told-linked-paper = { $name } has opened this paper account. It is watched and guarded.
accounts-told-linked-mt5 = { $name } has linked this account. It is watched and guarded.
accounts-told-unlinked = { $name } has unlinked it: nothing was open. It is not watched any more.
accounts-told-loosened = { $name } has changed “{ $setting }”: { $before } → { $after }.
