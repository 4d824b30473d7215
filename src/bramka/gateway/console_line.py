"""When console was last heard: what is served may be as old as that."""

from bramka.domain.clock import Clock


class ConsoleLine:
    """Whether console answers this gateway."""

    def __init__(self, clock: Clock) -> None:
        self.is_away = False
        self._clock = clock
        self._heard = clock.monotonic()

    def answered(self) -> None:
        self.is_away = False
        self._heard = self._clock.monotonic()

    def fell_silent(self) -> None:
        self.is_away = True

    @property
    def seconds_away(self) -> float:
        """Since its last answer, or since the start; 0 while it answers."""
        return self._clock.monotonic() - self._heard if self.is_away else 0.0

    def __repr__(self) -> str:
        return f"<ConsoleLine: {'away' if self.is_away else 'here'}>"
