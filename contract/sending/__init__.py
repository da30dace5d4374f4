"""What both sides keep to when they send to somebody who may not answer."""
