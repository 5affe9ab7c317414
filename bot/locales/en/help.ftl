### What a person can do here.

help-owner = You run this desk: you get its alerts, hold a countdown and unlock accounts.
help-admin = You help to run this desk: you see every account and may pause trading.
help-trader = Signals arrive here as cards. A tap on Approve trades one on your own account.
help-viewer = You see the whole desk and change nothing.
help-command = { $form } – { $what }
help-family-trade = Trade
help-family-look = Look
help-family-run = Run the desk
help-family-self = You

## The first steps, by role

first-title = What next
first-owner = You run this desk.
    1. /invite makes a link for each trader, admin or viewer.
    2. /sources shows where signals come from, and which are paused.
    3. /alerts says what you are called for, and when you sleep.
first-admin = You help to run this desk.
    1. /users shows who is here; /invite lets traders and viewers in.
    2. /signal sends a signal of your own, after a preview.
    3. /status shows every account at a glance.
first-trader = Signals arrive here as cards. <b>First link an account</b>: a paper one, with play money, is ready at once; your own at a broker takes its login, server and password.
    From then on each signal comes with the lots and the money at risk for that account. Nothing is traded before you tap Approve.
first-linked = Signals arrive here as cards, with the lots and the money at risk for your account. Nothing is traded before you tap Approve.
    1. /status stays above the chat and shows how you stand.
    2. /accounts shows your account; look at its risk first.
    3. /alerts says what you are told, and when you sleep.
first-viewer = You see the whole desk and change nothing.
    1. /status shows every account at a glance.
    2. /signals shows what came in and what became of it.
    3. /performance shows how it went.
first-help = /help lists all that you can do here.
first-do-invite = Invite
first-do-sources = Sources
first-do-alerts = Alerts
first-do-users = Users
first-do-signal = New signal
first-do-status = Status
first-do-accounts = Accounts
first-do-signals = Signals
first-do-performance = Performance
