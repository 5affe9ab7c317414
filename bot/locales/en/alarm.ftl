### What the watchdog tells while the event loop or a guard stands still. Plain text.

alarm-still-loop = 🆘 The desk stands still: no task has run for { $seconds } s.
alarm-still-guards = 🆘 The desk stands still: { $guards } has not looked for { $seconds } s.
alarm-still-guards-more = 🆘 The desk stands still: { $guards } and { $more } more have not looked for { $seconds } s.
alarm-unguarded = Nothing guards the accounts concerned now. What is open has only its stops at the broker: look at it in the terminal.
alarm-ends = The process ends now, so that its supervisor starts it again.
alarm-restart = If it does not recover by itself, restart the desk.
alarm-moves = ✅ The desk moves again. It stood still for at least { $seconds } s.
