using CsCheck;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class LoincCodeTests
{
    // Panels, totals, items, answers and lists of the reference, of every length there is.
    private static readonly string[] Published =
    [
        "44249-1", "44261-6", "44250-9", "69737-5", "70274-6", "101697-1", "101698-9", "72109-2", "75626-2", "LL358-3", "LL1257-6",
        "LL5384-4", "LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9", "LA32-8", "LA33-6", "LA18926-8", "LA15694-5", "LA18938-3",
    ];

    [TestCaseSource(nameof(Published))]
    public void A_published_code_has_a_valid_check_digit(string code) => Assert.That(LoincCode.IsValid(code), Is.True);

    [Test]
    public void Any_other_check_digit_is_wrong()
    {
        foreach (var code in Published)
        {
            Assert.That(Enumerable.Range(0, 10).Count(digit => LoincCode.IsValid($"{code[..^1]}{digit}")), Is.EqualTo(1), code);
        }
    }

    [Test]
    public void One_wrong_digit_is_always_noticed()
    {
        Gen.Select(Gen.Int[0, Published.Length - 1], Gen.Int[0, 5], Gen.Int[1, 9]).Sample((pick, place, shift) =>
        {
            var code = Published[pick];
            var digits = code.Index().Where(character => char.IsAsciiDigit(character.Item)).Select(character => character.Index).ToList();
            var at = digits[place % digits.Count];
            var changed = code[..at] + (char)('0' + ((code[at] - '0' + shift) % 10)) + code[(at + 1)..];
            return !LoincCode.IsValid(changed);
        });
    }

    [TestCase("")]
    [TestCase("44249")]
    [TestCase("44249-")]
    [TestCase("-1")]
    [TestCase("44249-1 ")]
    [TestCase("LP6568-5")]
    [TestCase("la6568-5")]
    public void What_has_not_the_shape_is_no_code(string code) => Assert.That(LoincCode.IsValid(code), Is.False);
}
