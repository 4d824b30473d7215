"""The batch execution service (BES): plan, lease, run, fence, publish."""

from bramka.jobs.planner import Limits
from bramka.jobs.stages import Tools
from bramka.jobs.sweep import forget_old, sweep_all, sweep_ended
from bramka.jobs.worker import Worker

__all__ = ["Limits", "Tools", "Worker", "forget_old", "sweep_all", "sweep_ended"]
