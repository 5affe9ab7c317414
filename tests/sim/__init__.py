"""Simulated weeks: the real guard, liquidator, trading loop and reconciliation in virtual time.

`script` is a week as data, made from a seed: what prices, people and misfortunes do. `house` is a desk over
one paper broker whose terminals live in this process (`terminals`). `week` plays a script; `witness` holds
what the desk does against the truth, which `oracle` counts. `rule` is where the tests touch the guard.
"""
