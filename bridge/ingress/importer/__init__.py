"""The past: letters from files and old folders, taken to the webhook once each."""
