### What several features say.

question-lapses = This question lapses { $when }.
question-lapsed = This question has lapsed. Nothing was done; ask again.
