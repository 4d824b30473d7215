"""<xsl-transform>: XML through a stylesheet."""

import pytest

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

XSL = 'version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'


def sheet(inner: str, parameters: str = "") -> str:
    return (
        f"<xsl-transform>{parameters}<xsl:stylesheet {XSL}>{inner}</xsl:stylesheet>"
        "</xsl-transform>"
    )


NAMES = sheet(
    """<xsl:output method="xml" omit-xml-declaration="yes" />
    <xsl:param name="who" />
    <xsl:template match="/"><out to="{$who}"><xsl:for-each select="//name">
      <n><xsl:value-of select="." /></n></xsl:for-each></out></xsl:template>""",
    '<parameter name="who">@(context.User.FirstName + "\'s")</parameter>',
)
BODY = b"<list><name>a</name><name>b</name></list>"


def test_the_answer_is_transformed() -> None:
    book = play(outbound=NAMES, answers=Reply(200, BODY)).call().passes()
    assert book.answer.text.strip() == '<out to="Ada\'s"><n>a</n><n>b</n></out>'
    assert book.answer.header("Content-Type") == "application/xml"


def test_the_request_is_transformed_in_inbound() -> None:
    assert b"<n>a</n>" in play(NAMES).call("POST", body=BODY).sent.body


def test_the_stylesheet_may_give_text() -> None:
    text = sheet(
        '<xsl:output method="text" />'
        '<xsl:template match="/">names: <xsl:value-of select="count(//name)" />'
        "</xsl:template>"
    ).replace("stylesheet", "transform")
    book = play(outbound=text, answers=Reply(200, BODY)).call().answered("names: 2")
    assert book.answer.header("Content-Type") == "text/plain"


def test_an_empty_body_stays_empty() -> None:
    play(outbound=NAMES, answers=Reply(200, b"")).call().answered("")


def fails(text: str, body: bytes = BODY) -> None:
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    book = play(outbound=text, on_error=told, answers=Reply(200, body))
    book.call().answered("XslTransformFailure", 500)


@pytest.mark.parametrize(
    "body", [b"no xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>']
)
def test_what_is_no_safe_xml_is_an_error(body: bytes) -> None:
    fails(NAMES, body)


def test_a_stylesheet_reaches_no_files() -> None:
    look = """<xsl:template match="/"><xsl:copy-of select="document('%s')" />
        </xsl:template>"""
    fails(sheet(look % "file:///etc/hostname"))
    fails(sheet(look % "http://127.0.0.1:1/"))


def test_a_stylesheet_that_never_ends_is_ended() -> None:
    fails(
        sheet(
            """<xsl:template match="/"><xsl:call-template name="again" />
            </xsl:template><xsl:template name="again">
            <xsl:call-template name="again" /></xsl:template>"""
        )
    )


def test_a_stylesheet_that_doubles_its_work_is_ended() -> None:
    fails(
        sheet(
            """<xsl:template match="/"><xsl:call-template name="twice" />
            </xsl:template><xsl:template name="twice"><xsl:param name="n" select="60" />
            <xsl:if test="$n &gt; 0"><xsl:call-template name="twice">
            <xsl:with-param name="n" select="$n - 1" /></xsl:call-template>
            <xsl:call-template name="twice"><xsl:with-param name="n" select="$n - 1" />
            </xsl:call-template></xsl:if></xsl:template>"""
        )
    )


def test_counting_steps_leaves_no_trace() -> None:
    text = sheet(
        """<xsl:template match="/">a<xsl:apply-templates select="//name">
        <xsl:with-param name="p" select="'-'" /><xsl:sort order="descending" />
        </xsl:apply-templates><xsl:for-each select="//name"><xsl:sort /><i>
        <xsl:value-of select="count(preceding::name)" /></i></xsl:for-each>
        </xsl:template><xsl:template match="name"><xsl:param name="p" />b<xsl:value-of
        select="concat($p, .)" /></xsl:template>"""
    )
    answers = Reply(200, b"<r><name>x</name><name>y</name></r>")
    found = play(outbound=text, answers=answers).call().answer.text
    assert "".join(found.split()).endswith("ab-yb-x<i>0</i><i>1</i>")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<xsl-transform />", "exactly one <xsl:stylesheet>"),
        (sheet("<xsl:nothing />"), "the stylesheet cannot be read"),
        (sheet("<xsl:template match='/'>@(1 + 1)</xsl:template>"), "use <parameter>"),
        ("<xsl-transform><other /></xsl-transform>", "<other> cannot stand inside"),
        (sheet("", "<parameter>x</parameter>"), "needs the attribute 'name'"),
    ],
)
def test_its_form_is_checked(text: str, told: str) -> None:
    assert told in refusal_of(text)
