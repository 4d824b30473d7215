"""Count tokens: another name of `llm-emit-token-metric`, for documents that use it.

<azure-openai-emit-token-metric namespace="models">
  <dimension name="API ID" />
</azure-openai-emit-token-metric>
"""

from bramka.policies.llm_emit_token_metric import (
    CHILDREN,
    SCOPES,
    SECTIONS,
    Settings,
    compile,  # noqa: A004 the word of the shelf
)

__all__ = ["CHILDREN", "SCOPES", "SECTIONS", "Settings", "compile"]
