"""Other servers of models; they run where nothing of ours is installed."""
