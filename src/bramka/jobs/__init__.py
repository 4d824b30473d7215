"""The batch execution service (BES): plan, lease, run, fence, publish."""
