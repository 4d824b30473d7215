"""`bramka up`: the process that keeps all others alive."""
