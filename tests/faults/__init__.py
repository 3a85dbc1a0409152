"""The campaign of faults of the disk: kills, power cuts, flipped bits, cuts, files of another kind. `./dev faults`.

__main__.py   the command: all of it in two processes, a table at the end, exit 1 on any breach
disk_dies.c   a preloaded library: the process dies at the nth write to a store's file, or forgets what was not synced
kills.py      lives that end in such a death, one after another in the same folder
damage.py     what can be done to a folder of stores, and where
written.py    a life that promises something, and the look at what is left of it
"""
