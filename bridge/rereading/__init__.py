"""What kept originals say by today's reading, for whoever has letters made anew from them."""
