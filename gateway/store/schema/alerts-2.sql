-- A sum before each body, over it and what stands beside it (gateway/store/sealed.py): a flipped bit is seen.
UPDATE alert SET body = seal('alert ' || number, body);
UPDATE memory SET body = seal('memory ' || address, body);
UPDATE referenced SET body = seal('referenced ' || origin || '/' || seq || ' ' || received_ms || ' ' || boot, body);
UPDATE command SET reply = seal('command ' || id || ' ' || at_ms || ' ' || lower(hex(fingerprint)), reply);
UPDATE numbers SET hash = seal('numbers ' || epoch || ' ' || next_alert || ' ' || next_seq || ' ' || entry, hash);
