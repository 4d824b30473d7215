"""XML as System.Xml.Linq reads, changes and writes it."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure

SOAP = (
    "<s:E xmlns:s='urn:soap'><s:B><Item id='7'>one</Item><Item>two</Item></s:B></s:E>"
)
CASES = [
    (f'XDocument.Parse("{SOAP}").Descendants("Item").First().Value', "one"),
    (
        f'XDocument.Parse("{SOAP}").Descendants().Where(r => r.Name.LocalName == "Item").Last().Value',
        "two",
    ),
    (f'XElement.Parse("{SOAP}").Value', "onetwo"),
    (
        f'(int)XElement.Parse("{SOAP}").Descendants("Item").First().Attribute("id") + 1',
        "8",
    ),
    (f'XElement.Parse("{SOAP}").Element("x")?.Value ?? "none"', "none"),
    (f'XElement.Parse("{SOAP}").Name.NamespaceName', "urn:soap"),
    (f'XElement.Parse("{SOAP}").XPathSelectElement("//Item[2]").Value', "two"),
    (
        'XNamespace n = "urn:soap"; return XElement.Parse("'
        + SOAP
        + '").Element(n + "B").Elements().Count();',
        "2",
    ),
    (
        'new XElement("a", new XAttribute("k", 1), new XElement("b", "t<"))',
        '<a k="1">\n  <b>t&lt;</b>\n</a>',
    ),
    ('new XElement("a", "x", new XElement("b")).ToString()', "<a>x<b /></a>"),
    (
        'new XElement("a", new[]{1,2}.Select(i => new XElement("i", i))).ToString(SaveOptions.DisableFormatting)',
        "<a><i>1</i><i>2</i></a>",
    ),
    ('new XDocument(new XElement("r", true)).Root.Value', "true"),
    (
        f'XDocument.Parse("{SOAP}").ToString(SaveOptions.DisableFormatting)',
        SOAP.replace("'", '"'),
    ),
    (
        'new XElement(XName.Get("a", "urn:x"), new XElement("b")).ToString(SaveOptions.DisableFormatting)',
        '<a xmlns="urn:x"><b xmlns="" /></a>',
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_xml_reads_and_prints_as_in_dotnet(source: str, expected: str) -> None:
    assert text(source) == expected


def test_an_element_changes_in_place() -> None:
    source = """
        var x = XElement.Parse("<a><b>1</b><c/></a>");
        x.Element("b").Value = "2";
        x.Element("c").Remove();
        x.SetAttributeValue("k", "v");
        x.Add(new XElement("d", 5));
        return x.ToString(SaveOptions.DisableFormatting);"""
    assert value(source) == '<a k="v"><b>2</b><d>5</d></a>'


@pytest.mark.parametrize("xml", ["<a>", "<a></b>", "", "<!DOCTYPE a []><a/>", "<x:a/>"])
def test_what_is_not_xml_is_an_xml_exception(xml: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(f'XDocument.Parse("{xml}")')
    assert caught.value.kind == "XmlException"


def test_an_element_put_into_itself_is_copied() -> None:
    source = 'var x = new XElement("a"); x.Add(x); return x.ToString();'
    assert value(source) == "<a>\n  <a />\n</a>"
