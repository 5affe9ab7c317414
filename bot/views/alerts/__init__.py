"""What an alert says, and the pages by which people choose what rings."""
