### Lo que difiere entre la mesa y el bróker, en presente o, cuando ha pasado (`now` es `no`), en pasado.

difference-opened-desktop = a mano (terminal)
difference-opened-mobile = a mano (teléfono)
difference-opened-web = a mano (terminal web)
difference-opened-program = por otro programa
difference-slippage = { $side ->
    [buy] La compra de { $volume } { $symbol } costó { $pips } pips { $worse ->
        [yes] más
       *[no] menos
    } de lo esperado: <code>{ $filled }</code> en vez de <code>{ $expected }</code>.
   *[sell] La venta de { $volume } { $symbol } dio { $pips } pips { $worse ->
        [yes] menos
       *[no] más
    } de lo esperado: <code>{ $filled }</code> en vez de <code>{ $expected }</code>.
}
difference-volume-less = { $now ->
    [yes] Quedan
   *[no] Quedaban
} { $held } de { $expected } { $symbol }: se cerraron { $change }{ $how }
difference-volume-more = { $now ->
    [yes] Hay
   *[no] Había
} { $held } en vez de { $expected } { $symbol }: se añadieron { $change }{ $how }
difference-how = { "" } { $by } a <code>{ $price }</code>.
difference-how-result = { "" } { $by } a <code>{ $price }</code>, resultado { $result }.
difference-nobody = , y ninguna transacción dice por quién.
difference-whole = { $symbol } { $side ->
    [buy] BUY
   *[sell] SELL
} { $volume }
difference-stops-unclear = { $whole }: su stop u objetivo es otro que el que espera la mesa.
difference-stops = { $whole }: { $changes } en el terminal. La mesa { $now ->
    [yes] espera
   *[no] esperaba
} { $levels }.
difference-and = { $one } y { $other }
difference-stop-removed = se quitó el stop
difference-stop-set = se puso un stop en <code>{ $price }</code>
difference-stop-moved = el stop se movió a <code>{ $price }</code>
difference-stop-moved-by = el stop se movió { $pips } pips, a <code>{ $price }</code>
difference-stop-none = ningún stop
difference-stop-at = un stop en <code>{ $price }</code>
difference-target-removed = se quitó el objetivo
difference-target-set = se puso un objetivo en <code>{ $price }</code>
difference-target-moved = el objetivo se movió a <code>{ $price }</code>
difference-target-moved-by = el objetivo se movió { $pips } pips, a <code>{ $price }</code>
difference-target-none = ningún objetivo
difference-target-at = un objetivo en <code>{ $price }</code>
difference-unmatched = Se abrió una posición { $side ->
    [buy] BUY
   *[sell] SELL
} de { $volume } { $symbol } a <code>{ $price }</code>, { $opener }; ninguna señal la explica.
difference-unmatched-magic = Se abrió una posición { $side ->
    [buy] BUY
   *[sell] SELL
} de { $volume } { $symbol } a <code>{ $price }</code>, { $opener } (magic { $magic }); ninguna señal la explica.
difference-unmatched-levels = Su stop: { $stop ->
    [none] ninguno
   *[other] { $stop }
}, su objetivo: { $target ->
    [none] ninguno
   *[other] { $target }
}.
difference-missing = { $now ->
    [yes] La posición { $side ->
        [buy] BUY
       *[sell] SELL
    } de { $volume } { $symbol } a <code>{ $price }</code> no está: el bróker no muestra ni la posición ni una transacción que la cerrara.
   *[no] La posición { $side ->
        [buy] BUY
       *[sell] SELL
    } de { $volume } { $symbol } a <code>{ $price }</code> no estaba: el bróker no mostraba ni la posición ni una transacción que la cerrara.
}
difference-ambiguous = La operación { $side ->
    [buy] BUY
   *[sell] SELL
} de { $volume } { $symbol } a <code>{ $price }</code> de la mesa no se reconoce por su número; { $n ->
    [one] { $n } posición encaja, y también otra operación:
   *[other] { $n } posiciones { $now ->
        [yes] encajan
       *[no] encajaban
    }:
}
difference-candidate = • #{ $number }: { $apart }
difference-closed = Se cerraron { $volume } { $symbol } { $by } a <code>{ $price }</code>, resultado { $result }.
