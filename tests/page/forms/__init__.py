"""The page in a browser without scripts: pages, forms, rights."""
