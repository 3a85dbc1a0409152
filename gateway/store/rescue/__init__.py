"""What is done where SQLite cannot open a database, or finds it damaged: put aside, salvaged, begun anew.

open_or_rescue.py    the way in: opens it, or rescues what can be read
soundness.py         SQLite's own word on the file, and ours on the few rows that everything goes on from
journal.py           whether SQLite had to leave a part of its journal behind
quarantine.py        the damaged file is put aside, the new one takes its place
salvage_alerts.py    the alerts, out of a file that cannot be opened
salvage_readings.py  the readings, out of one
bare_pages.py        rows out of bare pages, for both
"""
