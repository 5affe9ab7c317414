### What differs between the desk and the broker, in the present or, once it is over (`now` is `no`), in the past.

difference-opened-desktop = by hand (desktop terminal)
difference-opened-mobile = by hand (phone)
difference-opened-web = by hand (web terminal)
difference-opened-program = by another program
difference-slippage = { $side ->
    [buy] The buy of { $volume } { $symbol } cost { $pips } pips { $worse ->
        [yes] more
       *[no] less
    } than expected: <code>{ $filled }</code> instead of <code>{ $expected }</code>.
   *[sell] The sell of { $volume } { $symbol } brought { $pips } pips { $worse ->
        [yes] less
       *[no] more
    } than expected: <code>{ $filled }</code> instead of <code>{ $expected }</code>.
}
difference-volume-less = { $held } of { $expected } { $symbol } { $now ->
    [yes] are
   *[no] were
} left: { $change } were closed{ $how }
difference-volume-more = { $held } { $now ->
    [yes] are
   *[no] were
} held instead of { $expected } { $symbol }: { $change } were added{ $how }
difference-how = { "" } { $by } at <code>{ $price }</code>.
difference-how-result = { "" } { $by } at <code>{ $price }</code>, result { $result }.
difference-nobody = , and no deal tells by whom.
difference-whole = { $symbol } { $side } { $volume }
difference-stops-unclear = { $whole }: its stop or target is another one than the desk expects.
difference-stops = { $whole }: { $changes } in the terminal. The desk { $now ->
    [yes] expects
   *[no] expected
} { $levels }.
difference-and = { $one } and { $other }
difference-stop-removed = the stop was removed
difference-stop-set = a stop was set at <code>{ $price }</code>
difference-stop-moved = the stop was moved to <code>{ $price }</code>
difference-stop-moved-by = the stop was moved by { $pips } pips to <code>{ $price }</code>
difference-stop-none = no stop
difference-stop-at = a stop at <code>{ $price }</code>
difference-target-removed = the target was removed
difference-target-set = a target was set at <code>{ $price }</code>
difference-target-moved = the target was moved to <code>{ $price }</code>
difference-target-moved-by = the target was moved by { $pips } pips to <code>{ $price }</code>
difference-target-none = no target
difference-target-at = a target at <code>{ $price }</code>
difference-unmatched = A { $side } of { $volume } { $symbol } at <code>{ $price }</code> was opened { $opener }; no signal explains it.
difference-unmatched-magic = A { $side } of { $volume } { $symbol } at <code>{ $price }</code> was opened { $opener } (magic { $magic }); no signal explains it.
difference-unmatched-levels = Its stop: { $stop }, its target: { $target }.
difference-missing = { $now ->
    [yes] The { $side } of { $volume } { $symbol } at <code>{ $price }</code> is gone: the broker shows neither the position nor a deal that closed it.
   *[no] The { $side } of { $volume } { $symbol } at <code>{ $price }</code> was gone: the broker showed neither the position nor a deal that closed it.
}
difference-ambiguous = The desk's { $side } of { $volume } { $symbol } at <code>{ $price }</code> cannot be told by its number; { $n ->
    [one] { $n } position fits it, and another trade too:
   *[other] { $n } positions { $now ->
        [yes] fit
       *[no] fitted
    } it:
}
difference-candidate = • #{ $number }: { $apart }
difference-closed = { $volume } { $symbol } were closed { $by } at <code>{ $price }</code>, result { $result }.
