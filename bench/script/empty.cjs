// Nothing: what a process of Node costs before it does anything.
