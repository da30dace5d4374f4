"""The only place that speaks MongoDB."""
