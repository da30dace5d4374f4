"""Mail in: each way is a folder, and hands its letters to ``bridge.spool.intake`` only."""
