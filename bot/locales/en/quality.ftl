### /quality: how well orders were carried out.

quality-none = { $n ->
    [one] No fills yet in the last day.
   *[other] No fills yet in the last { $n } days.
}
quality-title = Quality
quality-by-source = by source
quality-by-account = by account
quality-by-instrument = by instrument
quality-by-hour = by hour
quality-fills = { $n ->
    [one] { $n } fill
   *[other] { $n } fills
}
quality-slippage = Slippage
quality-all-filled = { $n ->
    [one] 1 order, filled
   *[other] { $n } orders, all filled
}
quality-filled = { $n ->
    [one] { $n } order, { $share } of its lots filled
   *[other] { $n } orders, { $share } of the lots filled
}
quality-whole = { $n } filled
quality-part = { $n } in part
quality-refused = { $n } refused
quality-doubted = { $n } in doubt for a while
quality-waiting = { $n } on the way
quality-lapsed = { $n } lapsed
quality-unmeasured = Slippage: nothing to measure yet
quality-slippage-figures = Slippage: median { $median }, p95 { $p95 }, mean { $mean }, worst { $worst } pips
quality-better = { $share } better than expected ({ $n } measured)
quality-delays = To the fill: from the tap { $tap }; from the signal { $signal }
quality-delay = { $median }, p95 { $p95 }
quality-seconds = { $s } s
quality-column-orders = n
quality-column-filled = fill
quality-column-median = med
quality-column-p95 = p95
quality-column-tap = tap
quality-cut = Only the newest { $n } orders.
quality-hours = Hours are UTC.
quality-notes = Slippage above 0 is worse. Delays are of market orders only.
quality-button-source = Source
quality-button-account = Account
quality-button-instrument = Instrument
quality-button-hour = Hour
quality-sheet = { $n ->
    [one] { $n } order of the last { $days }, one a line.
   *[other] { $n } orders of the last { $days }, one a line.
}
quality-legend-better = better
quality-legend-exact = as expected
quality-legend-worse = worse
quality-legend-median = median
quality-legend-p95 = p95
quality-legend-pips = pips
