### What several features say.

question-lapses = Вопрос перестанет действовать { $when }.
question-lapsed = Вопрос больше не действует. Ничего не сделано; задайте его снова.
