### What several features say.

question-lapses = Esta pregunta caduca { $when }.
question-lapsed = Esta pregunta ha caducado. No se ha hecho nada; pregunta de nuevo.
