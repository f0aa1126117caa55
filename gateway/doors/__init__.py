"""From the settings of a door to the door, one module a kind with one function ``make``.

A kind's module is imported only where the configuration has such a door: the libraries of the
others cost no memory.
"""
