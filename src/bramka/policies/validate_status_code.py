"""Let only answers out whose status the operation describes.

    <validate-status-code unspecified-status-code-action="prevent"
        errors-variable-name="problems">
      <status-code code="404" action="detect" />
    </validate-status-code>

Other answers are let through (`ignore`), noted (`detect`), or become a 502 (`prevent`).
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import needs
from bramka.policies._validation import Action, Errors, Finding, action_of, judge

SECTIONS = frozenset({Section.OUTBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"status-code": {}}
NAME = "validate-status-code"


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-status-code>`."""

    unspecified_status_code_action: Action
    errors_variable_name: Errors = None


class CodeSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Attributes of `<status-code>`."""

    code: Annotated[int, Meta(ge=100, le=599, description="The status it is about.")]
    action: Action


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    usual = settings.unspecified_status_code_action
    unspecified = action_of(site, "unspecified-status-code-action", usual)
    own = [site.settings(one, CodeSettings) for one in site.element.children]
    actions = {one.code: action_of(site, "action", one.action) for one in own}

    def run(exchange: Exchange) -> Response | None:
        response, operation = exchange.response, exchange.operation
        if response is None or operation is None:
            return None
        status = response.status
        action = actions.get(status)
        if action is None:
            if any(one.status_code == status for one in operation.responses):
                return None
            action = unspecified
        details = f"The status {status} is not described for this operation."
        finding = Finding(
            str(status), "StatusCode", "Unspecified", details, action.of(exchange)
        )
        return judge(NAME, exchange, [finding], settings.errors_variable_name)

    return Step(run, **needs(usual, *(one.action for one in own)))
