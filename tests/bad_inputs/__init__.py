"""Bad inputs that were thought out, class by class: each is told in words or counted, and the next good one is taken.

A file a class: `KIND`, `PARSER` (what reads it), `INPUTS` by name, and `said(planted, folder)`: what is said of it; it raises
where it is not handled. `python -m tests.bad_inputs` writes their number down for docs/reliability.md.
"""
