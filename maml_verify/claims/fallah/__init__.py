"""One-step constants of Fallah, Mokhtari and Ozdaglar (AISTATS 2020), a statement a file.

They are as a secondary source reports them, each formula a reading: nothing here is held against the paper
itself, whose text was not at hand.  What is tested is whether the formula, read so, is true.
"""
