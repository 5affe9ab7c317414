"""Where the broker and the desk differ, in words and with the decisions that fit."""
