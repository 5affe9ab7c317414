### The digest of what was held in quiet hours.

digest-title = 🌅 While you had quiet: { $n ->
    [one] { $n } alert
   *[other] { $n } alerts
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n } times, the last { $time })
