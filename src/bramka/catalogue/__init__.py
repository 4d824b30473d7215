"""The shelf of experiment modules: one file is one module, the folder is the registry."""
