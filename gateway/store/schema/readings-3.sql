-- Most commits leave the row of the counters alone, which is a page of its own: their last batch has what they counted.
ALTER TABLE batch ADD COLUMN delivered_by_then INTEGER;  -- counters.delivered after its commit; NULL: it is not the last of one
ALTER TABLE batch ADD COLUMN rejected_with_it TEXT;      -- JSON: reason -> how many its commit took along; NULL: none
