"""Makes the dialogs of whole mailboxes anew from letters and facts, or compares them."""
