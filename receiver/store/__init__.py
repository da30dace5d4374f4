"""The one place that speaks MongoDB."""
