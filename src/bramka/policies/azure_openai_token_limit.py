"""Limit tokens: another name of `llm-token-limit`, for documents that use it.

<azure-openai-token-limit counter-key="@(context.Subscription.Id)"
    tokens-per-minute="5000" estimate-prompt-tokens="false" />
"""

from bramka.policies.llm_token_limit import (
    SCOPES,
    SECTIONS,
    Settings,
    compile,  # noqa: A004 the word of the shelf
)

__all__ = ["SCOPES", "SECTIONS", "Settings", "compile"]
