"""
Measurements: an invented country of any size, and what the project takes to build, start and answer on it.
"""
