"""The broker's server: books, money, trading, and what happens while nobody asks.

A request comes to `broker`, which settles the account (`settlement`, `triggers`, `nights`) and hands it to
`actions`: their `checks` ask the `rules` and `limits`, `execution` finds price and part, `filling` writes
what comes of it into the `ledger`. `dealing` says what things are worth (`money`). A `book` keeps it all, and
the `faults` that are to come: in a file (`filebook`) or in memory (`memorybook`).
"""
