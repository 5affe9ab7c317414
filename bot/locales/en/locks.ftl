### What keeps entries out: /locks, /lock, /unlock, /pause, /resume.

locks-none = Nothing is locked or paused; entries are open.
locks-none-to-release = Nothing is locked that you could release. /locks shows all that holds.
locks-title = What keeps entries out
locks-the-desk = The desk
locks-source = Source { $name }
locks-set = set { $when }
locks-ends = ends { $when }
locks-desk-paused = ⏸ Trading is paused: no new trades on any account. /resume ends it.
locks-desk-resumed = ▶️ Trading goes on.
locks-paused = ⏸ { $name } is paused: no new trades there. /resume ends it.
locks-resumed = ▶️ { $name }: trading goes on.
locks-locked = 🔒 { $name } is locked until released. /unlock releases it.
locks-locked-until = 🔒 { $name } is locked until { $until }. /unlock releases it.
locks-resting = { $n ->
    [one] { $n } pending order there stays at the broker and may still fill.
   *[other] { $n } pending orders there stay at the broker and may still fill.
}
locks-unlock = Unlock { $name }
locks-unlock-drawdown = Unlock { $name } (drawdown)
locks-resume = Resume { $name }
locks-keep = Keep it locked
locks-ask = Unlock <b>{ $name }</b>? The guard has locked it:
locks-ask-anew = Then the drawdown is measured anew from { $equity }: the loss so far no longer counts.
locks-kept = It stays locked.
locks-unlocked = 🔓 { $name } is unlocked.
locks-open-again = 🔓 { $name } is unlocked; new trades are possible again.
locks-measured = Drawdown is measured from { $equity } now.
locks-still = Still holds: { $reason }
