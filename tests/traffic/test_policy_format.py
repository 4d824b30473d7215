"""Expressions between the plain and the escaped way of writing a policy."""

import pytest

from bramka.domain.traffic.policy_format import to_raw, to_xml

RAW = """<policies>
  <inbound>
    <set-variable name="a" value="@(1 < 2 && "x" == 'y')" />
    <set-body>@{
      return "a > b";
    }</set-body>
    <!-- @(1 < 2) stays -->
    <set-header name="&amp;"><value>plain &lt; text</value></set-header>
  </inbound>
</policies>"""
XML = """<policies>
  <inbound>
    <set-variable name="a" value="@(1 &lt; 2 &amp;&amp; &quot;x&quot; == 'y')" />
    <set-body>@{
      return &quot;a &gt; b&quot;;
    }</set-body>
    <!-- @(1 < 2) stays -->
    <set-header name="&amp;"><value>plain &lt; text</value></set-header>
  </inbound>
</policies>"""


def test_only_expressions_are_escaped() -> None:
    assert to_xml(RAW) == XML


def test_escaping_can_be_undone() -> None:
    assert to_raw(XML) == RAW


@pytest.mark.parametrize(
    "text", ["<policies />", "", "a@example.com", '<a b="@(1)"/>\n@(2)\n@(3)']
)
def test_what_needs_no_escape_stays(text: str) -> None:
    assert to_xml(text) == to_raw(text) == text
