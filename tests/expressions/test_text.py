"""Strings, characters, encodings, patterns and hashes."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.domain.errors import Invalid
from bramka.expressions import EvaluationFailure

STRINGS = [
    ('"a"+1+2', "a12"),
    ('1+2+"a"', "3a"),
    ('true+""', "True"),
    ("\"a\" + 'b' + 1.0 + true + null", "ab1True"),
    ('@"a""b\\n"', 'a"b\\n'),
    ('"\\u0041\\x42\\t"', "AB\t"),
    ('$@"{1}\\n"', "1\\n"),
    ('"abc"[1]', "b"),
    ("\"a,b,,c\".Split(',').Length", "4"),
    (
        'string.Join("|", "a,b,,c".Split(new[]{\',\'}, StringSplitOptions.RemoveEmptyEntries))',
        "a|b|c",
    ),
    ('string.Join("|", "a,b,c".Split(new[]{\',\'}, 2))', "a|b,c"),
    (
        'string.Join("|", "a--b-c".Split(new string[]{"--", "-"}, StringSplitOptions.None))',
        "a|b|c",
    ),
    ('string.Join("|", " a  b ".Split())', "|a||b|"),
    ('"Hello".Substring(1, 3)', "ell"),
    ('"Hello".IndexOf("l")', "2"),
    ('"Hello".IndexOf("L", StringComparison.OrdinalIgnoreCase)', "2"),
    ("\"Hello\".LastIndexOf('l')", "3"),
    ("\"x\".PadLeft(3, '0') + \"x\".PadRight(3, '-')", "00xx--"),
    ('"Hello".Replace("l", "")', "Heo"),
    ('"Hello".Insert(1, "__").Remove(0, 1)', "__ello"),
    ('"--a-".Trim(\'-\') + " b ".TrimStart() + "c.".TrimEnd(\'.\')', "ab c"),
    ('"Straße".ToUpperInvariant()', "STRAßE"),
    ('"abc".StartsWith("AB", StringComparison.OrdinalIgnoreCase)', "True"),
    ('"abc".EndsWith("bc") && "abc".Contains("b") && !"abc".Contains(\'x\')', "True"),
    (
        '"West US".Equals("west us", StringComparison.InvariantCultureIgnoreCase)',
        "True",
    ),
    ('string.Compare("a", "b") + string.Compare("a", "A", true)', "-1"),
    ('string.CompareOrdinal("a", "A")', "32"),
    ('string.IsNullOrEmpty("") && string.IsNullOrWhiteSpace(" \\t")', "True"),
    ('string.Concat("a", null, "b")', "ab"),
    ("new string('x', 3)", "xxx"),
    ('new string("abc".Reverse().ToArray())', "cba"),
    ("char.IsDigit('5') && char.IsLetter('é') && !char.IsUpper('a')", "True"),
    ("(int)'A' + \"BC\".Sum(c => c)", "198"),
    ('"a" == "a" && "a" != "b"', "True"),
    (
        'new StringBuilder("a").Append(1).Append(\'b\').AppendFormat("{0:D2}", 3).Insert(0, "<").ToString()',
        "<a1b03",
    ),
    ("nameof(context.Request)", "Request"),
]
ENCODED = [
    ('Convert.ToBase64String(Encoding.UTF8.GetBytes("héllo"))', "aMOpbGxv"),
    ('Encoding.UTF8.GetString(Convert.FromBase64String("aMOpbGxv"))', "héllo"),
    ('Encoding.Unicode.GetBytes("ab").Length', "4"),
    ('Encoding.ASCII.GetString(Encoding.ASCII.GetBytes("é"))', "?"),
    ('Uri.EscapeDataString("a b&c/é")', "a%20b%26c%2F%C3%A9"),
    ('WebUtility.UrlDecode("a%20b+c")', "a b c"),
    ('WebUtility.HtmlEncode("<a>\'")', "&lt;a&gt;&#39;"),
    ('new Uri("https://h.example:8443/p/q?x=1#f").PathAndQuery', "/p/q?x=1"),
    ('new Uri("https://h.example:443/p").ToString()', "https://h.example/p"),
    ('new Uri(new Uri("http://h/a/b"), "../c").AbsoluteUri', "http://h/c"),
    ('IPAddress.Parse("10.0.0.1").GetAddressBytes()[0]', "10"),
    ('IPAddress.TryParse("x", out var ip)', "False"),
    (
        'BitConverter.ToString(MD5.Create().ComputeHash(Encoding.UTF8.GetBytes("a"))).Replace("-", "")',
        "0CC175B9C0F1B6A831C399E269772661",
    ),
    (
        'Convert.ToBase64String(new HMACSHA256(Encoding.UTF8.GetBytes("key")).ComputeHash(Encoding.UTF8.GetBytes("data")))',
        "UDH+PZicbRU3oBP6bnOdojRj/a7DtwE32Cjjas4iG9A=",
    ),
    (
        "using (var h = SHA256.Create()) { return Convert.ToHexString(h.ComputeHash(new byte[0])).Substring(0, 8); }",
        "E3B0C442",
    ),
    ("new HMACSHA1 { Key = new byte[]{1} }.ComputeHash(new byte[]{2}).Length", "20"),
    (
        '"dXNlcjpwYTpzcw==".AsBasic().UserId + "Basic dXNlcjpwYTpzcw==".AsBasic().Password',
        "userpa:ss",
    ),
    ('"x".AsBasic() == null && !"y".TryParseBasic(out var b)', "True"),
]
PATTERNS = [
    (
        'Regex.Match("max-age=31", @"max-age=(?<maxAge>\\d+)").Groups["maxAge"]?.Value',
        "31",
    ),
    ('Regex.Match("x", @"(?<n>\\d)").Groups["n"].Success', "False"),
    ('Regex.Replace("a1b2", "(\\\\d)", "<$1>")', "a<1>b<2>"),
    ('Regex.Replace("a1", @"(?<d>\\d)", "${d}$$")', "a1$"),
    ('Regex.Replace("ab", "[a-z]", m => m.Value.ToUpper() + m.Index)', "A0B1"),
    ('string.Join("|", Regex.Split("a1b22c", @"\\d+"))', "a|b|c"),
    (
        'string.Join("|", Regex.Matches("a1b2", @"[a-z]\\d").Cast<Match>().Select(m => m.Value))',
        "a1|b2",
    ),
    ('Regex.IsMatch("ABC", "b", RegexOptions.IgnoreCase)', "True"),
    ('Regex.IsMatch("a\\nb", "^b$", RegexOptions.Multiline)', "True"),
    ('Regex.Match("xy", "(?<a>x)(y)").Groups[1].Value', "y"),
    ('Regex.Escape("a.b*c")', "a\\.b\\*c"),
    ('new Regex("a+").Match("baab").Length', "2"),
]


@pytest.mark.parametrize(("source", "expected"), STRINGS + ENCODED + PATTERNS)
def test_it_gives_what_dotnet_gives(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('"Hello".Substring(9)', "ArgumentOutOfRangeException"),
        ('"abc"[3]', "IndexOutOfRangeException"),
        ("((string)null).Length", "NullReferenceException"),
        ("((string)null).Trim()", "NullReferenceException"),
        ('"a".Contains((string)null)', "ArgumentNullException"),
        ('"a".Replace("", "b")', "ArgumentException"),
        ('Convert.FromBase64String("?")', "FormatException"),
        ('new Uri("nonsense")', "UriFormatException"),
    ],
)
def test_a_wrong_argument_has_the_exception_of_dotnet(source: str, kind: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("(?<=a)b", "look-behind"),
        ("a(?!b)", "look-ahead"),
        (r"(a)\\1", "back references"),
        ("(?>a)", "atomic groups"),
    ],
)
def test_a_pattern_that_may_run_for_ever_is_refused_by_name(
    pattern: str, name: str
) -> None:
    with pytest.raises(Invalid) as refused:
        value(f'Regex.IsMatch("x", "{pattern}")')
    assert name in refused.value.details[0].message
    with pytest.raises(EvaluationFailure, match=name):
        # What is put together at run time is only seen then.
        value(f'Regex.IsMatch("x", "".ToString() + "{pattern}")')


def test_a_pattern_that_is_none_is_refused_when_it_is_saved() -> None:
    with pytest.raises(Invalid) as refused:
        value('new Regex("(a", RegexOptions.IgnoreCase).IsMatch("a")')
    assert "missing )" in refused.value.details[0].message


def test_aes_decrypts_what_it_encrypted() -> None:
    source = """
        var key = Encoding.UTF8.GetBytes("0123456789abcdef");
        var iv = new byte[16];
        var secret = Encoding.UTF8.GetBytes("hello").Encrypt("Aes", key, iv);
        var aes = Aes.Create(); aes.Key = key; aes.IV = iv;
        var again = aes.CreateDecryptor().TransformFinalBlock(secret, 0, secret.Length);
        return Encoding.UTF8.GetString(secret.Decrypt("Aes", key, iv))
            + Encoding.UTF8.GetString(again) + secret.Length;"""
    assert value(source) == "hellohello16"
