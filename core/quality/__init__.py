"""Signal against fill: how well orders were carried out, in figures of a group, tables and CSV."""
