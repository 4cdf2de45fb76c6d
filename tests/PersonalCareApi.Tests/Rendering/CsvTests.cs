using PersonalCareApi.Rendering;

namespace PersonalCareApi.Tests.Rendering;

[TestFixture]
internal sealed class CsvTests
{
    [TestCase("plain", "plain")]
    [TestCase("a, b", "\"a, b\"")]
    [TestCase("say \"so\"", "\"say \"\"so\"\"\"")]
    [TestCase("two\r\nlines", "\"two\r\nlines\"")]
    [TestCase("=1+1", "'=1+1")]
    [TestCase("+1", "'+1")]
    [TestCase("-1", "'-1")]
    [TestCase("@SUM(A1)", "'@SUM(A1)")]
    [TestCase("\tx", "'\tx")]
    [TestCase("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")]
    [TestCase("", "")]
    public void Text_is_quoted_where_it_must_be_and_never_a_formula(string text, string field) =>
        Assert.That(Csv.Table(["h"], [[text]]), Is.EqualTo($"h\r\n{field}\r\n"));

    [Test]
    public void Numbers_are_written_as_they_are_and_nothing_as_nothing() =>
        Assert.That(Csv.Table(["a", "b", "c"], [[-2.5m, null, true]]), Is.EqualTo("a,b,c\r\n-2.5,,true\r\n"));
}
