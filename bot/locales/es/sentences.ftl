### Frases del núcleo: la clave y los hechos como en el fichero inglés. `told…` es una frase.

hold-bad-price = mal precio
hold-by-hand = cierro a mano
hold-news = pasan las noticias
