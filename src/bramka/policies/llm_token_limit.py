"""Limit the tokens that callers of a language model spend.

    <llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="5000"
        token-quota="100000" token-quota-period="Daily" estimate-prompt-tokens="true"
        remaining-tokens-header-name="x-tokens-left" />

Tokens are those of the `usage` object in the backend's answer, be it JSON or a stream
of events. An answer without one counts as a token for every four bytes of it, unless it
is an error. With `estimate-prompt-tokens` a prompt has to fit beforehand, at a token
for every four characters of its text; otherwise the call over the limit still passes,
and the next one does not. Quotas begin anew with the hour, day, week (on Monday),
month or year in UTC.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from bramka.domain.traffic.allowance import whole_seconds
from bramka.domain.traffic.demand import (
    Demand,
    Demands,
    QuotaDemand,
    TallyDemand,
    Verdict,
)
from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Limit, Step
from bramka.policies._limits import WhenAway, refuses
from bramka.policies._refusals import Number, check_header_names, needs, refusal
from bramka.policies._usage import Usage, prompt_tokens

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
NAME = "llm-token-limit"
MINUTE = 60.0
MOST = 2**53

Period = Literal["Hourly", "Daily", "Weekly", "Monthly", "Yearly"]


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<llm-token-limit>`; a limit, a quota or both are needed."""

    counter_key: Annotated[Source, Meta(description="Who is counted as one caller.")]
    tokens_per_minute: Annotated[
        Source | None, Meta(description="Tokens in any stretch of a minute.")
    ] = None
    token_quota: Annotated[
        Source | None, Meta(description="Tokens in each period.")
    ] = None
    token_quota_period: Annotated[
        Period | None, Meta(description="When the quota begins anew.")
    ] = None
    estimate_prompt_tokens: Annotated[
        bool, Meta(description="Refuse prompts that cannot fit any more.")
    ] = False
    retry_after_header_name: Annotated[
        str, Meta(description="Header that tells the seconds to wait.")
    ] = "Retry-After"
    retry_after_variable_name: Annotated[
        str | None, Meta(description="Variable that gets the seconds to wait.")
    ] = None
    remaining_tokens_header_name: Annotated[
        str | None, Meta(description="Header that tells the tokens left this minute.")
    ] = None
    remaining_tokens_variable_name: Annotated[
        str | None, Meta(description="Variable that gets the tokens left this minute.")
    ] = None
    remaining_quota_tokens_header_name: Annotated[
        str | None, Meta(description="Header that tells the tokens left of the quota.")
    ] = None
    remaining_quota_tokens_variable_name: Annotated[
        str | None, Meta(description="Variable that gets the tokens left of the quota.")
    ] = None
    tokens_consumed_header_name: Annotated[
        str | None,
        Meta(description="Header that tells the tokens spent; not on event streams."),
    ] = None
    tokens_consumed_variable_name: Annotated[
        str | None,
        Meta(
            description="Variable that gets the tokens spent: those estimated first, "
            "those told by the answer in outbound."
        ),
    ] = None
    when_store_is_away: WhenAway = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    check_header_names(site, settings)
    minute, quota, period = (
        settings.tokens_per_minute,
        settings.token_quota,
        settings.token_quota_period,
    )
    if minute is None and quota is None:
        site.refuse("needs tokens-per-minute or token-quota")
    if (quota is None) != (period is None):
        site.refuse("needs token-quota and token-quota-period together")
    per_minute = per_period = None
    if minute is not None:
        per_minute = Number(site, "tokens-per-minute", minute, 1, MOST)
    if quota is not None:
        per_period = Number(site, "token-quota", quota, 1, MOST)
    name, estimates = site.element.name, settings.estimate_prompt_tokens
    refused = refuses(settings.when_store_is_away)

    def ask(exchange: Exchange) -> Demands:
        key = settings.counter_key.text(exchange)
        guess = prompt_tokens(exchange.request.body.content) if estimates else 0
        wanted: list[Demand] = []
        if per_minute is not None:
            most = per_minute.of(exchange)
            asked = max(1, guess)
            wanted.append(
                TallyDemand(
                    *(NAME, key, most, MINUTE, asked, guess),
                    tells=True,
                    refuses=refused,
                )
            )
        if per_period is not None and period is not None:
            begin, length = window(period, exchange.timestamp)
            most = per_period.of(exchange)
            key = f"{period}\n{key}"
            wanted.append(
                QuotaDemand(
                    NAME,
                    key,
                    begin,
                    length,
                    most,
                    math.inf,
                    max(1, guess),
                    guess,
                    tells=True,
                    refuses=refused,
                )
            )
        return wanted

    def hear(exchange: Exchange, demands: Demands, verdict: Verdict) -> Response | None:
        if verdict.wait > 0.0:
            by_quota = isinstance(demands[verdict.refused], QuotaDemand)
            return _refused(name, settings, exchange, verdict.wait, by_quota=by_quota)
        _tell(settings, exchange, demands, verdict)
        # A coded answer could not be read.
        exchange.request.headers.delete(b"Accept-Encoding")
        usage = Usage()
        exchange.watch(usage.see)
        exchange.after(lambda done: _count(site, demands, usage.tokens(done)))
        _tell_consumed(settings, exchange, guess_of(demands))
        return None

    sets = bool(
        settings.remaining_tokens_variable_name
        or settings.remaining_quota_tokens_variable_name
        or settings.tokens_consumed_variable_name
    )
    reads = needs(settings.counter_key, minute, quota)["reads_request_body"]
    limit = Limit(ask, hear, sets_variables=sets)
    return site.limit(limit, reads_request_body=reads or estimates)


def guess_of(demands: Demands) -> int:
    """The tokens that were counted beforehand."""
    known = [one.spent for one in demands if isinstance(one, TallyDemand | QuotaDemand)]
    return max(known, default=0)


def _tell_consumed(settings: Settings, exchange: Exchange, guess: int) -> None:
    """Have told what the call spent, once its answer is here."""
    header = settings.tokens_consumed_header_name
    variable = settings.tokens_consumed_variable_name
    if not (header or variable):
        return
    if variable:
        exchange.variables[variable] = guess
    first = exchange.hears_answer

    def hear(done: Exchange) -> None:
        if first is not None:
            first(done)
        response = done.response
        if response is None or response.body.content is None:
            return
        seen = Usage()
        seen.see(response.body.content)
        tokens = seen.tokens(done)
        if variable:
            done.variables[variable] = tokens
        if header:
            done.answer_header(header.encode("latin-1"), b"%d" % tokens)

    exchange.hears_answer = hear


def _count(site: Site, demands: Demands, tokens: int) -> None:
    """Count what was spent beyond what was counted beforehand."""
    late: list[Demand] = []
    for one in demands:
        assert isinstance(one, TallyDemand | QuotaDemand), "that is what was asked"
        if tokens > one.spent:
            late.append(structs.replace(one, asked=0, spent=tokens - one.spent))
    if late:
        site.spend(late)


def window(period: Period, timestamp: float) -> tuple[float, float]:
    """When the period that holds this moment began, and how long it is."""
    now = datetime.fromtimestamp(timestamp, UTC)
    begin = now.replace(minute=0, second=0, microsecond=0)
    if period == "Hourly":
        return begin.timestamp(), 3_600.0
    begin = begin.replace(hour=0)
    if period == "Daily":
        return begin.timestamp(), 86_400.0
    if period == "Weekly":
        return (begin - timedelta(days=begin.weekday())).timestamp(), 604_800.0
    begin = begin.replace(day=1)
    if period == "Monthly":
        after = (begin + timedelta(days=32)).replace(day=1)
    else:
        begin = begin.replace(month=1)
        after = begin.replace(year=begin.year + 1)
    return begin.timestamp(), (after - begin).total_seconds()


def _tell(
    settings: Settings, exchange: Exchange, demands: Demands, verdict: Verdict
) -> None:
    """Tell what is left, where names were given for it."""
    for one, left in zip(demands, verdict.left, strict=True):
        if isinstance(one, QuotaDemand):
            header = settings.remaining_quota_tokens_header_name
            variable = settings.remaining_quota_tokens_variable_name
        else:
            header = settings.remaining_tokens_header_name
            variable = settings.remaining_tokens_variable_name
        if variable:
            exchange.variables[variable] = int(left)
        if header:
            exchange.answer_header(header.encode("latin-1"), b"%d" % int(left))


def _refused(
    name: str, settings: Settings, exchange: Exchange, wait: float, *, by_quota: bool
) -> Response:
    # A prompt that is too long by itself never fits: the wait is as long as it gets.
    seconds = whole_seconds(MINUTE if wait == math.inf else wait)
    if settings.retry_after_variable_name:
        exchange.variables[settings.retry_after_variable_name] = seconds
    what = "quota" if by_quota else "limit"
    reason = "TokenQuotaExceeded" if by_quota else "TokenLimitExceeded"
    error = LastError(name, reason, f"Token {what} is exceeded")
    message = f"Token {what} is exceeded. Try again in {seconds} seconds."
    field = (settings.retry_after_header_name.encode("latin-1"), b"%d" % seconds)
    return refusal(403 if by_quota else 429, message, error, fields=[field])
