"""The campaign of faults of the disk: kills, power cuts, a disk that errs or is full, damaged files. `./dev faults`.

__main__.py    the command: all of it on every processor, a table at the end, exit 1 on any breach
bad_disk.c     a preloaded library: at the nth operation on a folder the process dies, the power fails, or the disk errs
bad_disk.py    the same, asked from Python
life.py        a life that promises something, in a process that may die of it
written.py     what it promised, and the look at what is left
kills.py       lives that end at any moment, one after another in the same folder
episodes.py    what a store does in one go: a commit, a checkpoint, a first start, a rescue
operations.py  each operation of an episode is the one that fails
full.py        a disk that gets full, and has room again
daemons.py     the whole daemon as a process on such a disk
damage.py      what can be done to a folder of stores, and where
case.py        what each of these gives the command
table.py       counts what they give: a line a fault, for people and for docs/reliability.md
"""
