### /chart.

charts-M5 = 5 minutes
charts-unknown = There is no chart of { $symbol }; is the name right?
charts-no-account = No account is set up for you yet, so there are no prices to draw.
charts-M15 = 15 minutes
charts-H1 = 1 hour
charts-H4 = 4 hours
charts-left-out = { $n ->
    [one] { $n } line is too far away to be drawn
   *[other] { $n } lines are too far away to be drawn
}
