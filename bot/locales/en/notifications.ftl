### /alerts, quiet hours, the digest of what was held, and /route.

digest-title = 🌅 While you had quiet: { $n ->
    [one] { $n } alert
   *[other] { $n } alerts
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n } times, the last { $time })
digest-more = … and { $n } more
