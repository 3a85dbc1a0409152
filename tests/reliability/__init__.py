"""The public fault matrix, `docs/reliability.md`: made of the tests that are marked as a fault, and of the last figures.

A test that does a fault to real parts says so, and so has its row:

    @pytest.mark.fault("power", "power cut between write and sync", promise="no alert is lost", figure="faults/kills")

The first word is a kind of `marks.KINDS`. `figure` names a row that a command wrote: `docs/reliability/faults.json`, and the
`name` of the row in it (left out: the test itself). Without it the figure is that of the test in `./dev reliability` (`suite`).
A command writes its file once all of it was run:

    from tests.reliability.figures import Figures, Row, write
    from tests.reliability.stamp import stamp

    rows = [Row(name="kills", tried=2016, alerts_lost=0, two_contents=0, starts_refused=0, other=0)]
    write("faults", Figures(command="./dev faults --seed 7", made=stamp(), took_s=1289, rows=rows))

- `faults`, `kill`, `kill-random`, `simulate`, `breaks`, `breaks-rules`, `brokers`, `vm`: `rows`, by the command of that name.
- `fleet`, by `./dev fleet --json`: one row, and `bands`, one kind of band a line.
- `suite`, by `./dev reliability`: `rows`, one a test that is marked.
- `planted`, by `./dev simulate`: `planted`, one fault that was put back into the product a line, and what found it.
- `fuzz`, by `./dev fuzz --coverage`: `inputs`, one class of bad input a line.

A row that no test stands for (a fault that only `./dev vm` can do) gives its `kind` and `promise` too, and stands on the page
with its command. `figures.py` has every field; one that it has not is an error. `./dev reliability-page` writes the page anew.
"""
