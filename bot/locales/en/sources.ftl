### /sources: who sends signals.

sources-title = Sources
sources-none = No source is set up yet.
sources-composed = Signals that people of the desk compose
sources-more-instruments = { $n } more
sources-rate = { $n ->
    [one] at most { $n } signal a minute
   *[other] at most { $n } signals a minute
}
sources-life = good for { $life }
sources-pause = Pause { $name }
sources-resume = Resume { $name }
