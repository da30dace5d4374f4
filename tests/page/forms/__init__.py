"""The page as a browser without scripts has it: pages, forms, rights."""
