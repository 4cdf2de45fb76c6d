using System.Text.RegularExpressions;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>The check digit of LOINC codes: terms (<c>44249-1</c>), answers (<c>LA6568-5</c>), answer lists (<c>LL358-3</c>).</summary>
/// <remarks>
/// Mod 10 from the right, every other character doubled, as ISO/IEC 7812 does with digits; a letter takes the value of its
/// ASCII code less 48. Worked example, LA6568: 8→7, 6, 5→1, 6, A(17)→7, L(28) = 55, so the check digit is 5.
/// </remarks>
public static partial class LoincCode
{
    public static bool IsValid(string code) =>
        Shape().IsMatch(code) && code[^1] - '0' == CheckDigit(code[..code.IndexOf('-', StringComparison.Ordinal)]);

    /// <summary>A code that a value may have as a LOINC answer.</summary>
    public static bool IsAnswer(string code) => code.StartsWith("LA", StringComparison.Ordinal) && IsValid(code);

    public static bool IsAnswerList(string code) => code.StartsWith("LL", StringComparison.Ordinal) && IsValid(code);

    public static bool IsTerm(string code) => char.IsAsciiDigit(code.FirstOrDefault()) && IsValid(code);

    private static int CheckDigit(string body)
    {
        var sum = 0;
        for (var fromRight = 0; fromRight < body.Length; fromRight++)
        {
            var value = body[body.Length - 1 - fromRight] - '0';

            // Doubling a value and casting out nines; a letter's value (17, 28) casts out more than one.
            sum += fromRight % 2 == 0 ? (2 * value) - (9 * (value / 5)) : value;
        }

        return (10 - (sum % 10)) % 10;
    }

    [GeneratedRegex("^(LA|LL)?[0-9]{1,7}-[0-9]$")]
    private static partial Regex Shape();
}
