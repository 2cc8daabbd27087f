"""The shapes of what the pages show: every figure and list as a small named tuple.

Points are integers in hundredths, instants are aware, and sentences come in the reader's language.
"""
