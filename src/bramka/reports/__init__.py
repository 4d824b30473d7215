"""Usage rollups, latency histograms and the reports read from them."""
