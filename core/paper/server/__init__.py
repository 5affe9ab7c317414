"""The broker's server: books, money, trading, and what happens while nobody asks."""
