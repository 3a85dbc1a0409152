"""The page with the figures, docs/performance.md, and its pictures: made of docs/performance.json."""
