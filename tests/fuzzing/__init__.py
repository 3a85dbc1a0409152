"""Hostile bytes against whatever reads them: random frames, and inputs that coverage finds. Run by `./dev fuzz`.

- `random_frames.py`: a million changed frames for every driver, with what each costs;
- `targets.py`: every reader of bytes from outside, each a function `take(data)` that raises where a promise is broken;
- `corpus/`: inputs of each target that reach different code; `test_corpus.py` gives them to it in the suite;
- `coverage.py` looks for more of them with atheris, one process a target (`one.py`).
"""
