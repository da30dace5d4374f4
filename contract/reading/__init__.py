"""Settings out of text: values, and every mistake as a sentence."""
