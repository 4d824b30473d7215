"""Small expressions whose outcome .NET's documentation tells."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure

GIVES = r"""
bool? t = null; return t & false;  ⇒  False
bool? t = null; return t | true;  ⇒  True
bool? t = null; return (t & true) == null && (t | false) == null;  ⇒  True
"straße".Equals("STRASSE", StringComparison.OrdinalIgnoreCase)  ⇒  False
new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "straße", "STRASSE", "STRAßE" }.Count  ⇒  2
(1.0m).GetHashCode() == (1.00m).GetHashCode()  ⇒  True
XNamespace n = "urn:x"; return new XElement(n + "a", new XAttribute("k", 5), "t").ToString();  ⇒  <a k="5" xmlns="urn:x">t</a>
XNamespace n = "urn:x"; return new XElement("a", new XAttribute(n + "k", 5)).ToString();  ⇒  <a p1:k="5" xmlns:p1="urn:x" />
new TimeSpan(1,2,3).ToString(@"hh\hmm\m")  ⇒  01h02m
string.Format("{0:#,##0.00;(#,##0.00);zero}|{1:000-00-0000}", -1234.5, 123456789)  ⇒  (1,234.50)|123-45-6789
uint a = 1; int b = -1; return a > b;  ⇒  True
byte b = 200; b += 100; return b;  ⇒  44
string.Join("|", "a--b--c".Split(new[]{"--"}, 2, StringSplitOptions.None))  ⇒  a|b--c
(1, 2) == (1, 2) && new { A = 1 }.Equals(new { A = 1 })  ⇒  True
new DateTimeOffset(2024,1,2,3,4,5,TimeSpan.FromHours(2)).ToString("o")  ⇒  2024-01-02T03:04:05.0000000+02:00
new DateTimeOffset(2024,1,2,3,4,5,TimeSpan.FromHours(2)).UtcDateTime.ToString("s")  ⇒  2024-01-02T01:04:05
new DateTimeOffset(2024,1,2,3,4,5,TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(-330)).ToString("yyyy-MM-dd HH:mm zzz")  ⇒  2024-01-01 21:34 -05:30
DateTimeOffset.Parse("2024-01-02T03:04:05+02:00").ToUnixTimeSeconds()  ⇒  1704157445
DateTimeOffset.FromUnixTimeMilliseconds(1704157445123).ToString("o")  ⇒  2024-01-02T01:04:05.1230000+00:00
DateTimeOffset.Parse("2024-01-02T03:04:05Z").Offset  ⇒  00:00:00
DateTimeOffset.Parse("2024-01-02T03:04:05Z") == DateTimeOffset.Parse("2024-01-02T05:04:05+02:00")  ⇒  True
DateTimeOffset.Parse("2024-01-02T03:04:05Z").Equals(DateTimeOffset.Parse("2024-01-02T05:04:05+02:00"))  ⇒  True
DateTimeOffset.Parse("2024-01-02T03:04:05+02:00").DateTime.Kind  ⇒  Unspecified
new DateTimeOffset(new DateTime(2024,1,1,0,0,0,DateTimeKind.Utc)).ToString()  ⇒  01/01/2024 00:00:00 +00:00
DateTimeOffset.Parse("2024-02-29T12:00:00Z").AddYears(1).ToString("d")  ⇒  02/28/2025
(DateTimeOffset.Parse("2024-01-02T00:00:00Z") - DateTimeOffset.Parse("2024-01-01T00:00:00+01:00")).TotalHours  ⇒  25
DateTimeOffset.TryParse("nope", out var d)  ⇒  False
DateTimeOffset.MinValue.ToString("o")  ⇒  0001-01-01T00:00:00.0000000+00:00
DateTimeOffset.Parse("2024-01-02T03:04:05+02:00").ToUniversalTime().Hour  ⇒  1
TimeZoneInfo.Utc.Id  ⇒  UTC
TimeZoneInfo.ConvertTimeBySystemTimeZoneId(new DateTime(2024,7,1,12,0,0,DateTimeKind.Utc), "Central European Standard Time").ToString("s")  ⇒  2024-07-01T14:00:00
TimeZoneInfo.ConvertTimeFromUtc(new DateTime(2024,1,1,12,0,0), TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time")).ToString("s")  ⇒  2024-01-01T07:00:00
TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time").BaseUtcOffset  ⇒  -05:00:00
TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time").IsDaylightSavingTime(new DateTime(2024,7,1))  ⇒  True
TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time").GetUtcOffset(new DateTime(2024,7,1))  ⇒  -04:00:00
TimeZoneInfo.ConvertTimeToUtc(new DateTime(2024,7,1,12,0,0), TimeZoneInfo.FindSystemTimeZoneById("Tokyo Standard Time")).ToString("s")  ⇒  2024-07-01T03:00:00
1.10m + 2.2m  ⇒  3.30
1m / 3m  ⇒  0.3333333333333333333333333333
2m * 3.50m  ⇒  7.00
10m % 3.3m  ⇒  0.1
(0.1m + 0.2m) == 0.3m  ⇒  True
decimal.Round(2.5m)  ⇒  2
Math.Round(2.5m, MidpointRounding.AwayFromZero)  ⇒  3
Math.Round(-1.255m, 2)  ⇒  -1.26
Math.Truncate(-2.7m)  ⇒  -2
decimal.Parse("1,234.50")  ⇒  1234.50
decimal.MaxValue  ⇒  79228162514264337593543950335
1234.5m.ToString("N2")  ⇒  1,234.50
0.1234m.ToString("P1")  ⇒  12.3 %
1234.5m.ToString("C")  ⇒  ¤1,234.50
1234.5m.ToString("0000.000")  ⇒  1234.500
(-1234.5m).ToString("#,##0.00;(#,##0.00)")  ⇒  (1,234.50)
0m.ToString("#.##")  ⇒
12345.678m.ToString("E2")  ⇒  1.23E+004
(int)12.99m  ⇒  12
Convert.ToDecimal("1.5") * 2  ⇒  3.0
decimal.TryParse("abc", out var x) ? "y" : "n"  ⇒  n
decimal.Compare(1.0m, 1.00m)  ⇒  0
1.0m.Equals(1.00m)  ⇒  True
decimal.Negate(5m)  ⇒  -5
decimal.ToInt32(7.9m)  ⇒  7
string.Format("[{0,5}]", 42)  ⇒  [   42]
string.Format("[{0,-5}]", 42)  ⇒  [42   ]
string.Format("[{0,8:F2}]", 3.14159)  ⇒  [    3.14]
string.Format("[{0,-10:yyyy}]", new DateTime(2024,1,1))  ⇒  [2024      ]
string.Format("{{{0}}}", 1)  ⇒  {1}
string.Format("{1}{0}{1}", "a", "b")  ⇒  bab
string.Format("{0}", (string)null)  ⇒
string.Format("{0:X4}", 255)  ⇒  00FF
string.Format("{0:D5}", -42)  ⇒  -00042
string.Format("{0:000;neg;zero}", 0)  ⇒  zero
string.Format("{0:#,#}", 1234567)  ⇒  1,234,567
string.Format("{0:0.0%}", 0.256)  ⇒  25.6%
string.Format("{0:x}", true)  ⇒  True
$"{5,3}|{5,-3}|"  ⇒    5|5  |
$"{1.5:0.00}"  ⇒  1.50
$"{{{1}}}"  ⇒  {1}
new[]{"a","B"}.Contains("b", StringComparer.OrdinalIgnoreCase)  ⇒  True
new[]{"a","A","b"}.Distinct(StringComparer.OrdinalIgnoreCase).Count()  ⇒  2
string.Join(",", new[]{"b","A","a"}.OrderBy(x => x, StringComparer.OrdinalIgnoreCase))  ⇒  A,a,b
new[]{"a"}.SequenceEqual(new[]{"A"}, StringComparer.OrdinalIgnoreCase)  ⇒  True
new[]{"a","b"}.ToDictionary(x => x, StringComparer.OrdinalIgnoreCase).ContainsKey("B")  ⇒  True
new[]{"x","X"}.GroupBy(x => x, StringComparer.OrdinalIgnoreCase).Count()  ⇒  1
new[]{"a"}.Union(new[]{"A"}, StringComparer.OrdinalIgnoreCase).Count()  ⇒  1
new HashSet<string>(new[]{"a","A"}, StringComparer.OrdinalIgnoreCase).Count  ⇒  1
new[]{"k"}.ToLookup(x => x, StringComparer.OrdinalIgnoreCase)["K"].Count()  ⇒  1
new[]{"x","X"}.Join(new[]{"x"}, a => a, b => b, (a, b) => a + b, StringComparer.OrdinalIgnoreCase).Count()  ⇒  2
new[]{3,1}.Concat(new[]{2}).Max()  ⇒  3
new int[0].Sum()  ⇒  0
new int?[]{1,null}.Sum()  ⇒  1
new int?[]{null}.Max() == null  ⇒  True
new[]{1,2,3}.Aggregate("", (a, x) => a + x)  ⇒  123
new[]{1,2,3,4}.TakeWhile(x => x < 3).Last()  ⇒  2
Enumerable.Empty<string>().Any()  ⇒  False
Enumerable.Repeat("a", 3).Count()  ⇒  3
new[]{1,2}.Zip(new[]{"a","b"}, (n, s) => s + n).Last()  ⇒  b2
new[]{1,2,3}.ElementAtOrDefault(9)  ⇒  0
new[]{new{a=1,b=2},new{a=1,b=1}}.OrderBy(x => x.a).ThenBy(x => x.b).First().b  ⇒  1
(string)JObject.Parse("{'a':{'b':[1,{'c':'x'}]}}").SelectToken("a.b[1].c")  ⇒  x
(string)JObject.Parse("{'a':{'b':[1,{'c':'x'}]}}").SelectToken("$..c")  ⇒  x
JObject.Parse("{'a':[{'p':5},{'p':15}]}").SelectTokens("$.a[?(@.p > 10)]").Count()  ⇒  1
(int)JObject.Parse("{'a':[{'n':'x','p':5},{'n':'y','p':7}]}").SelectToken("$.a[?(@.n == 'y')].p")  ⇒  7
JObject.Parse("{'a':1}").SelectToken("b") == null  ⇒  True
JObject.Parse("{'a':[1,2,3]}").SelectTokens("$.a[*]").Sum(x => (int)x)  ⇒  6
JObject.Parse("{'a':[1,2,3,4]}").SelectTokens("$.a[1:3]").Count()  ⇒  2
JObject.Parse("{'a':[1,2,3,4]}").SelectTokens("$.a[0,2]").Count()  ⇒  2
(string)JObject.Parse("{'a b':'z'}").SelectToken("['a b']")  ⇒  z
JObject.Parse("{'a':{'x':1,'y':2}}").SelectTokens("$.a.*").Count()  ⇒  2
JObject.Parse("{'a':[1]}").SelectToken("a[5]") == null  ⇒  True
JObject.Parse("{'a':{'b':1}}").SelectToken("a.b").Path  ⇒  a.b
string.Join(",", JArray.Parse("[{'n':'x'},{'n':'y'},{}]").Values<string>("n"))  ⇒  x,y
string.Join(",", JArray.Parse("[{'n':'x'},{'n':'y'}]").Children()["n"].Values<string>())  ⇒  x,y
string.Join(",", JArray.Parse("[{'n':'x'}]").Children<JObject>().Properties().Select(p => p.Name))  ⇒  n
string.Join(",", JObject.Parse("{'a':[{'n':1},{'n':2}]}").SelectTokens("a[*]").Values("n"))  ⇒  1,2
string.Join(",", JArray.Parse("[[1,2],[3],4]").Children().Values<int>())  ⇒  1,2,3,4
string.Join(",", JArray.Parse("[[1,2],[3]]").Children().Children())  ⇒  1,2,3
new JArray(JArray.Parse("[[1],[[2]]]").Children().Descendants().OfType<JValue>()).ToString(Formatting.None)  ⇒  [1,2]
var o = JObject.Parse("{'a':1}"); o.AddFirst(new JProperty("z", 0)); return o.ToString(Formatting.None);  ⇒  {"z":0,"a":1}
var o = JObject.Parse("{'a':1,'b':2}"); o.Property("a").AddAfterSelf(new JProperty("x", 9)); return o.ToString(Formatting.None);  ⇒  {"a":1,"x":9,"b":2}
var a = JArray.Parse("[1,3]"); a[0].AddAfterSelf(2); a.First.AddBeforeSelf(0); return a.ToString(Formatting.None);  ⇒  [0,1,2,3]
var a = JArray.Parse("[1,3]"); a.ReplaceAll(7); return a.ToString(Formatting.None);  ⇒  [7]
JObject.Parse("{'a':{'b':1}}")["a"]["b"].AncestorsAndSelf().Count()  ⇒  5
JObject.Parse("{'a':1}")["a"].Equals(1)  ⇒  False
JObject.Parse("{'a':1}")["a"].Equals(new JValue(1))  ⇒  True
JToken.DeepEquals(JObject.Parse("{'a':1}"), JObject.Parse("{ 'a' : 1 }"))  ⇒  True
XDocument.Parse("<r><a>1</a><a>2</a></r>").Root.Elements("a").Sum(x => (int)x)  ⇒  3
XDocument.Parse("<r><a i='7'/></r>").Root.Element("a").Attribute("i").Value  ⇒  7
XDocument.Parse("<r xmlns='u'><a>1</a></r>").Descendants(XName.Get("a","u")).First().Value  ⇒  1
XElement.Parse("<a><b/></a>").ToString(SaveOptions.DisableFormatting)  ⇒  <a><b /></a>
new XElement("a", new XAttribute("x", 1), "t").ToString()  ⇒  <a x="1">t</a>
(int?)XElement.Parse("<a/>").Element("b") == null  ⇒  True
XElement.Parse("<a><b>1</b></a>").Element("b").Parent.Name.LocalName  ⇒  a
XElement.Parse("<a>x<b>y</b></a>").Value  ⇒  xy
XDocument.Parse("<a><b><c/></b></a>").Descendants("c").Ancestors().Last().Name.LocalName  ⇒  a
XElement.Parse("<a><b>x<c/></b></a>").Elements().Nodes().Count()  ⇒  2
XElement.Parse("<a><b/><c/></a>").Nodes().Count()  ⇒  2
Convert.FromBase64String("YQ==").Length  ⇒  1
Convert.FromBase64String("Y Q = =").Length  ⇒  1
Convert.ToBase64String(new byte[]{1,2,3})  ⇒  AQID
Convert.FromBase64String("").Length  ⇒  0
Convert.ToBase64String(Encoding.UTF8.GetBytes("zażółć"))  ⇒  emHFvMOzxYLEhw==
DayOfWeek.Friday.ToString()  ⇒  Friday
(int)DayOfWeek.Friday  ⇒  5
(DayOfWeek)3  ⇒  Wednesday
(DayOfWeek)9  ⇒  9
DayOfWeek.Monday.ToString("D")  ⇒  1
(RegexOptions.IgnoreCase | RegexOptions.Multiline).ToString()  ⇒  IgnoreCase, Multiline
new DateTime(2024,1,1).DayOfWeek == DayOfWeek.Monday  ⇒  True
JTokenType.Integer.ToString()  ⇒  Integer
JToken.Parse("1.5").Type  ⇒  Float
Enum.Parse<DayOfWeek>("friday", true)  ⇒  Friday
Enum.TryParse<DayOfWeek>("xx", out var v)  ⇒  False
(DayOfWeek)Enum.Parse(typeof(DayOfWeek), "monday", true)  ⇒  Monday
'a' == 97  ⇒  True
98 != "abc"[1]  ⇒  False
"a" != null && "a".Length > 0  ⇒  True
char.IsLetter('ż')  ⇒  True
char.IsDigit('٣')  ⇒  True
char.ToUpper('ß')  ⇒  ß
(char)('A' + 1)  ⇒  B
'A' + 1  ⇒  66
'A' + "b"  ⇒  Ab
char.IsWhiteSpace('\t')  ⇒  True
char.IsPunctuation('!')  ⇒  True
char.IsLetterOrDigit('_')  ⇒  False
char.IsUpper('Ż')  ⇒  True
'a'.CompareTo('c')  ⇒  -2
new string(new[]{'a','b'})  ⇒  ab
"abc".ToCharArray().Reverse().First()  ⇒  c
"Straße".IndexOf("SS", StringComparison.OrdinalIgnoreCase)  ⇒  -1
"abc".EndsWith("C", StringComparison.Ordinal)  ⇒  False
"aBc".IndexOf("B", 1, StringComparison.Ordinal)  ⇒  1
"abcABC".LastIndexOf("a", StringComparison.OrdinalIgnoreCase)  ⇒  3
string.Equals("a", "A", StringComparison.InvariantCultureIgnoreCase)  ⇒  True
string.Compare("a", "B", StringComparison.Ordinal) > 0  ⇒  True
string.CompareOrdinal("a", "b")  ⇒  -1
"a".CompareTo("b")  ⇒  -1
"b".CompareTo(null)  ⇒  1
"abc".Contains("B", StringComparison.OrdinalIgnoreCase)  ⇒  True
"abc".Replace("B", "x", StringComparison.OrdinalIgnoreCase)  ⇒  axc
"aXbX".Split(new[]{"X"}, StringSplitOptions.RemoveEmptyEntries).Length  ⇒  2
"a  b".Split((char[])null, StringSplitOptions.RemoveEmptyEntries).Length  ⇒  2
"a-b_c".Split('-', '_').Length  ⇒  3
"a,b,c".Split(new[]{','}, 2)[1]  ⇒  b,c
"abc".IndexOfAny(new[]{'c','b'})  ⇒  1
"  x ".Trim() + "|" + "xxaxx".Trim('x')  ⇒  x|a
"abc".Insert(1, "-").Remove(0, 1)  ⇒  -bc
"abc".PadLeft(5, '*')  ⇒  **abc
string.IsNullOrWhiteSpace(" \t")  ⇒  True
"a" == new string('a', 1)  ⇒  True
"abc".Substring(3)  ⇒
"ab".Equals("AB", StringComparison.CurrentCultureIgnoreCase)  ⇒  True
string.Concat("a", null, 1)  ⇒  a1
"Ĳ".ToLowerInvariant()  ⇒  ĳ
Regex.Matches("a1b2", @"\d").Count  ⇒  2
Regex.Match("x=5", @"(?<k>\w)=(?<v>\d)").Groups["v"].Value  ⇒  5
Regex.Replace("a.b", @"\.", "-")  ⇒  a-b
Regex.Replace("abc", "b", m => m.Value.ToUpper())  ⇒  aBc
Regex.Split("a1b2c", @"\d").Length  ⇒  3
Regex.Match("a\nb", "^b", RegexOptions.Multiline).Success  ⇒  True
Regex.Match("a\nb", "a.b", RegexOptions.Singleline).Success  ⇒  True
Regex.Match("ab", "a b", RegexOptions.IgnorePatternWhitespace).Success  ⇒  True
Regex.Replace("2024-01-02", @"(\d+)-(\d+)-(\d+)", "$3/$2/$1")  ⇒  02/01/2024
Regex.Match("zzz", "a").Value  ⇒
Regex.Match("abc", "b").Index  ⇒  1
new Regex("a").Matches("banana").Cast<Match>().Select(m => m.Index).Last()  ⇒  5
new Dictionary<string,object>{{"a",1},{"b","x"}}.Count  ⇒  2
new Dictionary<int,string>{[1]="x",[2]="y"}[2]  ⇒  y
new Dictionary<string,List<int>>{{"a",new List<int>{1,2}}}["a"].Sum()  ⇒  3
string.Join(",", new Dictionary<string,int>{{"b",2},{"a",1}}.OrderBy(p => p.Key).Select(p => p.Key + "=" + p.Value))  ⇒  a=1,b=2
JsonConvert.SerializeObject(new Dictionary<string,int>{{"a",1}})  ⇒  {"a":1}
JsonConvert.SerializeObject(new { a = 1, b = new[]{ "x" }, c = (string)null })  ⇒  {"a":1,"b":["x"],"c":null}
((int?)null + 1) == null  ⇒  True
(int?)2 + 3  ⇒  5
(int?)null > 1  ⇒  False
(int?)null == null  ⇒  True
((int?)null).GetValueOrDefault(7)  ⇒  7
((int?)5).HasValue  ⇒  True
(int?)null ?? 9  ⇒  9
((bool?)null) == true  ⇒  False
int? a = null; a += 5; return a == null;  ⇒  True
(double?)1.5 * 2  ⇒  3
((int?)null).ToString()  ⇒
unchecked((byte)int.Parse("300"))  ⇒  44
var a = int.MaxValue; return a + 1;  ⇒  -2147483648
Convert.ToInt32("0x1F", 16)  ⇒  31
Convert.ToBoolean("TRUE")  ⇒  True
Convert.ToString(10, 2)  ⇒  1010
Convert.ToInt64("7fffffff", 16)  ⇒  2147483647
Convert.ToChar(65)  ⇒  A
Convert.ToDateTime("2024-01-02").Month  ⇒  1
Convert.ToInt32((string)null)  ⇒  0
(long)1e18 + 1  ⇒  1000000000000000001
(int)-2.9  ⇒  -2
5 / 2 * 2.0  ⇒  4
7 % -3  ⇒  1
-7 % 3  ⇒  -1
float.Parse("0.1") + 0.2f  ⇒  0.3
double.NaN == double.NaN  ⇒  False
1 / 0.0  ⇒  Infinity
Math.Round(0.125, 2)  ⇒  0.12
Math.Sign(-3)  ⇒  -1
Math.Max(1, 2L)  ⇒  2
Guid.Parse("00112233-4455-6677-8899-aabbccddeeff").ToString("N")  ⇒  00112233445566778899aabbccddeeff
Guid.Parse("00112233-4455-6677-8899-aabbccddeeff").ToString("B")  ⇒  {00112233-4455-6677-8899-aabbccddeeff}
Guid.Parse("{00112233-4455-6677-8899-aabbccddeeff}").ToString("P")  ⇒  (00112233-4455-6677-8899-aabbccddeeff)
Guid.Parse("00112233445566778899aabbccddeeff").ToString()  ⇒  00112233-4455-6677-8899-aabbccddeeff
Guid.TryParse("x", out var g)  ⇒  False
Guid.Empty  ⇒  00000000-0000-0000-0000-000000000000
new Guid("00112233-4455-6677-8899-aabbccddeeff").ToByteArray()[0]  ⇒  51
Guid.Parse("00112233-4455-6677-8899-aabbccddeeff").ToString("X")  ⇒  {0x00112233,0x4455,0x6677,{0x88,0x99,0xaa,0xbb,0xcc,0xdd,0xee,0xff}}
Guid.NewGuid().ToString().Length  ⇒  36
new Uri("https://u:p@h.test:8443/a/b.c?q=1#f").Host  ⇒  h.test
new Uri("https://u:p@h.test:8443/a/b.c?q=1#f").Port  ⇒  8443
new Uri("https://u:p@h.test:8443/a/b.c?q=1#f").PathAndQuery  ⇒  /a/b.c?q=1
new Uri("https://u:p@h.test:8443/a/b.c?q=1#f").Fragment  ⇒  #f
new Uri("https://u:p@h.test:8443/a/b.c?q=1#f").UserInfo  ⇒  u:p
new Uri("https://u:p@h.test:8443/a/b.c?q=1#f").Authority  ⇒  h.test:8443
new Uri("https://h.test/a/b.c").Segments.Last()  ⇒  b.c
new Uri("https://H.Test/a b").AbsoluteUri  ⇒  https://h.test/a%20b
new Uri("https://h.test").IsDefaultPort  ⇒  True
new Uri("https://h.test/a/b").GetLeftPart(UriPartial.Authority)  ⇒  https://h.test
new Uri(new Uri("https://h.test/a/b"), "../c").ToString()  ⇒  https://h.test/c
Uri.TryCreate("nope", UriKind.Absolute, out var u)  ⇒  False
Uri.IsWellFormedUriString("https://a.test/x", UriKind.Absolute)  ⇒  True
Uri.EscapeDataString("a b&c/ż")  ⇒  a%20b%26c%2F%C5%BC
Uri.UnescapeDataString("a%20b%2Fc")  ⇒  a b/c
new Uri("https://h.test/?a=1").Query  ⇒  ?a=1
new Uri("https://h.test/a/../b/./c").AbsolutePath  ⇒  /b/c
new Uri("/a/b", UriKind.Relative).ToString()  ⇒  /a/b
new Uri("https://h.test").ToString()  ⇒  https://h.test/
new Uri("https://[::1]:80/").HostNameType  ⇒  IPv6
WebUtility.UrlEncode("a b+c/ż")  ⇒  a+b%2Bc%2F%C5%BC
WebUtility.HtmlEncode("<a href=\"x\">&'</a>")  ⇒  &lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;
WebUtility.HtmlDecode("&lt;&eacute;&#65;")  ⇒  <éA
DateTime.Parse("2024-01-02T03:04:05Z").ToUniversalTime().ToString("o")  ⇒  2024-01-02T03:04:05.0000000Z
DateTime.ParseExact("02/01/2024", "dd/MM/yyyy", CultureInfo.InvariantCulture).ToString("s")  ⇒  2024-01-02T00:00:00
new DateTime(2024,1,1) < new DateTime(2024,1,2)  ⇒  True
(new DateTime(2024,3,1) - new DateTime(2024,2,1)).Days  ⇒  29
DateTime.DaysInMonth(2023, 2)  ⇒  28
DateTime.IsLeapYear(2000)  ⇒  True
new DateTime(2024,12,31).DayOfYear  ⇒  366
TimeSpan.FromSeconds(3661).ToString()  ⇒  01:01:01
TimeSpan.FromMilliseconds(1500).ToString("c")  ⇒  00:00:01.5000000
new TimeSpan(1,2,3).ToString(@"hh\:mm")  ⇒  01:02
TimeSpan.FromDays(-1.5).ToString()  ⇒  -1.12:00:00
new DateTime(2024,1,2,13,4,5).ToString("h:mm tt")  ⇒  1:04 PM
new DateTime(2024,1,2).ToString("dddd, d MMMM yyyy")  ⇒  Tuesday, 2 January 2024
new DateTime(2024,1,2,3,4,5,678).ToString("HH:mm:ss.fff")  ⇒  03:04:05.678
new DateTime(2024,1,2,3,4,5).ToString("u")  ⇒  2024-01-02 03:04:05Z
new DateTime(2024,1,2,3,4,5).ToString("R")  ⇒  Tue, 02 Jan 2024 03:04:05 GMT
new DateTime(2024,1,2,3,4,5).Date.ToString()  ⇒  01/02/2024 00:00:00
new DateTime(621355968000000000L).Year  ⇒  1970
"""
THROWS = r"""
TimeZoneInfo.FindSystemTimeZoneById("Nowhere/Land")  ⇒  TimeZoneNotFoundException
decimal.MaxValue + 1m  ⇒  OverflowException
string.Format("{2}", 1, 2)  ⇒  FormatException
string.Format("{0", 1)  ⇒  FormatException
new int[0].Max()  ⇒  InvalidOperationException
new[]{"a","b"}.Single()  ⇒  InvalidOperationException
JObject.Parse("{'a':1}").SelectToken("b", true)  ⇒  JsonException
JObject.Parse("{'a':1}").SelectTokens("b", true)  ⇒  JsonException
var o = JObject.Parse("{'a':1}"); o["a"].AddAfterSelf(2); return o;  ⇒  JsonException
XElement.Parse("<a")  ⇒  XmlException
Convert.FromBase64String("YQ=")  ⇒  FormatException
Convert.FromBase64String("****")  ⇒  FormatException
Convert.FromBase64String(null)  ⇒  ArgumentNullException
"abc".Substring(4)  ⇒  ArgumentOutOfRangeException
checked((byte)int.Parse("300"))  ⇒  OverflowException
var a = int.MaxValue; return checked(a + 1);  ⇒  OverflowException
Convert.ToInt32("abc")  ⇒  FormatException
Convert.ToInt32(3000000000L)  ⇒  OverflowException
Convert.ToBoolean("1")  ⇒  FormatException
Math.Abs(int.MinValue)  ⇒  OverflowException
new Uri("nope")  ⇒  UriFormatException
DateTime.ParseExact("x", "dd", null)  ⇒  FormatException
new DateTime(2024,2,30)  ⇒  ArgumentOutOfRangeException
"""


def rows(table: str) -> list[tuple[str, str]]:
    """Expression and outcome of each line."""
    parted = (line.partition("⇒") for line in table.strip().splitlines())
    return [(source.strip(), outcome[2:]) for source, _, outcome in parted]


@pytest.mark.parametrize(("source", "expected"), rows(GIVES))
def test_an_expression_gives_what_dotnet_gives(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(("source", "kind"), rows(THROWS))
def test_an_expression_throws_what_dotnet_throws(source: str, kind: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == kind
