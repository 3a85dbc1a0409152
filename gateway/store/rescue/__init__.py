"""What is done where SQLite cannot open a database, or finds it damaged: put aside, salvaged, begun anew.

open_or_rescue.py    the way in: SQLite's own word on the file; opens it, mends rows that are not whole, or rescues what is
journal.py           the frames of SQLite's journal, and whether SQLite had to leave some behind
quarantine.py        the damaged file is put aside, the new one takes its place; in time it is deleted
salvage_alerts.py    the alerts: rows that are not whole in a sound file, rows that are whole in a damaged one
salvage_readings.py  the same of the readings
unlocked.py          what was put aside for want of its key is taken back once the key is there
again.py             reads once more what the disk does not give at first
bare_pages.py        rows out of bare pages, for both
"""
