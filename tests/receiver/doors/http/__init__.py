"""HTTP as nobody should send it: headers, frames and bodies."""
