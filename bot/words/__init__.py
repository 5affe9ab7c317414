"""What people read, in their language and their time: `Words`."""

from bot.words.words import Words, words_for, words_of

__all__ = ["Words", "words_for", "words_of"]
