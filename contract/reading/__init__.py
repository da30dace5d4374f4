"""Settings from text: values, and every mistake as a sentence."""
