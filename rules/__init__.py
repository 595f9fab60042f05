"""What is true: pure functions on frozen values. No input, no output, no clock, no words."""
