"""Figures of the desk, measured on this machine in this run: `make bench`."""
