using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>One record both holds a value to its limits and tells them.</summary>
[TestFixture]
internal sealed partial class LimitsTests
{
    private static readonly Limits Code = new() { MinLength = 2, MaxLength = 4, Pattern = Letters() };

    [TestCase(null, true)]
    [TestCase("ab", true)]
    [TestCase("abcd", true)]
    [TestCase("a", false)]
    [TestCase("abcde", false)]
    [TestCase("ab1", false)]
    [TestCase("ab\n", false, TestName = "A line break after the end is no part of the form")]
    public void A_text_is_held_to_its_length_and_form(string? text, bool holds) => Assert.That(Code.Hold(text), Is.EqualTo(holds));

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(3, true)]
    [TestCase(4, false)]
    public void A_list_is_held_to_its_size(int items, bool holds) =>
        Assert.That(new Limits { MinItems = 1, MaxItems = 3 }.Hold(Enumerable.Repeat("x", items).ToList()), Is.EqualTo(holds));

    [Test]
    public void Words_are_compared_letter_by_letter()
    {
        var words = new Limits { Words = ["permit", "deny"] };
        Assert.That(words.Hold("deny"), Is.True);
        Assert.That(words.Hold("Deny"), Is.False);
    }

    [Test]
    public void What_has_no_such_limits_is_not_waved_through() => Assert.That(() => Code.Hold(7), Throws.InstanceOf<NotSupportedException>());

    [Test]
    public void The_schema_says_what_is_held()
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null };
        (Code with { Words = ["ab"] }).Describe(schema);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((schema.MinLength, schema.MaxLength, schema.Pattern), Is.EqualTo(((int?)2, (int?)4, "^[a-z]*$")));
            Assert.That(schema.Enum, Has.Count.EqualTo(2), "null is a value of its own");
        }
    }

    [GeneratedRegex("^[a-z]*$")]
    private static partial Regex Letters();
}
