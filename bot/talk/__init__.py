"""How a person is talked with: taps are answered, questions asked, steps remembered."""
