"""The market guard: dangers of the market on symbols in which an account holds something.

Detectors are pure: `gap` and `spread` remember a symbol's quotes at one terminal, `resting` and `news` look
at the clock. `figures` are what is usual of a symbol at one broker server, `watching` joins all of it to what
one look finds. `guard` reads, `marking` writes down and tells, `acting` does what the policy says.
"""
